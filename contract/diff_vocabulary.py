"""The words of changes between versions: (Portuguese, English). Names in braces are filled in."""

from __future__ import annotations

CHANGES: dict[str, tuple[str, str]] = {
    "added": ("novo", "new"),
    "removed": ("retirado", "removed"),
    "nothing": ("nada", "nothing"),
    "nobody": ("ninguém", "nobody"),
    "order_of": ("ordem", "order"),
    "yes": ("sim", "yes"),
    "no": ("não", "no"),
    "signal_window": ("conversões valem por", "conversions count for"),
    "interest": ("interesse mínimo", "least interest score"),
    "points": ("pontos", "points"),
    "label": ("nome no sistema", "name in the system"),
    "unknown_refuse": (
        "quem não informou consentimento não volta à nutrição",
        "a person whose consent is unknown does not go back to nurture",
    ),
    "unknown_allow": (
        "quem não informou consentimento pode voltar à nutrição",
        "a person whose consent is unknown may go back to nurture",
    ),
    "mode_name_observe": ("só acompanhar", "observe only"),
    "mode_name_propose": ("propor", "propose"),
    "mode_name_assign": ("atribuir", "assign"),
    "grace": ("espera antes de atribuir", "wait before assigning"),
    "fallback_name": ("se nenhuma regra serve", "if no rule fits"),
    "pauses": ("para na ausência do responsável:", "stops while the owner is absent:"),
    "steps": ("passos", "steps"),
    "spacing": ("espaço entre tentativas", "time between attempts"),
    "fields": ("campos", "fields"),
    "forms": ("formulários", "forms"),
    "exceptions_name": ("exceções", "exceptions"),
    "calendar_of_team": ("Calendário da equipe {name}", "Calendar of team {name}"),
    "calendar_of_seller": ("Calendário de {name}", "Calendar of {name}"),
    "calendar_own": ("passa a ter um próprio", "now its own"),
    "calendar_gone": ("deixa de ter um próprio", "no longer its own"),
    "holidays_of_country": ("feriados do país", "holidays of the country"),
    "holidays_of_state": ("feriados do estado", "holidays of the state"),
}
