"""The sentences of an alert in pt-BR and en. Times are shown in the company's zone, money by its locale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_currency

from activation.messages.alert import Alert

_TEXTS: dict[str, tuple[str, str]] = {
    "hot_waiting": ("Lead quente esperando", "Hot lead waiting"),
    "about_to_breach": ("Prazo do acordo quase no fim", "A deadline of the agreement is close"),
    "breach": ("Prazo do acordo vencido", "A deadline of the agreement was missed"),
    "win": ("Venda fechada", "Deal won"),
    "delivery_degraded": ("Envio com problema", "A push-back is not well"),
    "nurture_return": ("volta de leads à nutrição", "return of leads to nurture"),
    "flow_enrolment": ("entrada de leads em fluxos", "leads put into flows"),
    "opportunity": ("oportunidade no RD Station", "opportunity in RD Station"),
    "sale": ("venda no RD Station", "sale in RD Station"),
    "loss": ("perda no RD Station", "loss in RD Station"),
    "owner_rd": ("dono do lead no RD Station", "owner of the lead in RD Station"),
    "owner_crm": ("dono da negociação no CRM", "owner of the deal in the CRM"),
    "messages_slack": ("avisos no Slack", "alerts in Slack"),
    "messages_teams": ("avisos no Teams", "alerts in Teams"),
    "webhook": ("webhooks assinados", "signed webhooks"),
    "stopped": ("parado", "stopped"),
    "degraded": ("com problema", "degraded"),
    "nothing_accepted": ("há envios esperando e nada foi aceito", "something waits and nothing was accepted"),
    "held": ("há envios incertos, que esperam uma decisão", "uncertain deliveries wait for a decision"),
    "given_up": ("há envios que não puderam ser feitos", "deliveries were given up"),
    "not_seen_again": ("há envios aceitos que não apareceram no destino", "accepted deliveries were not seen at the destination"),
    "waiting_too_long": ("há envios esperando há tempo demais", "deliveries have waited too long"),
    "sync": ("Envio", "Push-back"),
    "status": ("Situação", "Status"),
    "act": ("O que fazer", "What to do"),
    "clause": ("Cláusula", "Clause"),
    "agreement": ("acordo", "agreement"),
    "who": ("Responsável", "Who acts"),
    "nobody": ("ninguém ainda", "nobody yet"),
    "due": ("Vence", "Due"),
    "channel": ("Canal", "Channel"),
    "about": ("Lead", "Lead"),
    "amount": ("Valor", "Amount"),
    "left": ("faltam {time}", "{time} left"),
    "late": ("vencido há {time}", "{time} overdue"),
    "left_working": ("faltam {time} úteis", "{time} of working time left"),
    "late_working": ("vencido há {time} úteis", "{time} of working time overdue"),
    "no_contact": ("sem contato ainda", "not contacted yet"),
    "digest": ("{count} avisos do acordo", "{count} alerts of the agreement"),
    "more": ("e mais {count}", "and {count} more"),
    "open": ("Abrir no CRM", "Open in the CRM"),
    "congratulations": ("Parabéns a marketing e vendas!", "Well done, marketing and sales!"),
}


@dataclass(frozen=True)
class Words:
    """Sentences for one company. `locale` is pt-BR or en; `zone` an IANA name."""

    locale: str = "pt-BR"
    zone: str = "America/Sao_Paulo"

    def __call__(self, key: str, **values: object) -> str:
        """One text, with its values filled in."""
        return _TEXTS[key][1 if self.locale == "en" else 0].format(**values)

    def name(self, code: str | None) -> str:
        """A sync, a status or a reason in words; one that has none is shown as it is."""
        return self(code) if code in _TEXTS else (code or "")

    def title(self, alert: Alert) -> str:
        """The headline of one alert."""
        return self(alert.kind)

    def summary(self, alert: Alert) -> str:
        """One sentence: what, and how long is left or over."""
        if alert.kind == "win":
            amount = self.money(alert)
            return " · ".join(part for part in (amount, self("congratulations")) if part)
        if alert.kind == "delivery_degraded":
            return " · ".join([self.name(alert.sync), self.name(alert.reason)])
        parts = [alert.clause or "", self.time_left(alert)]
        if alert.kind == "hot_waiting":
            parts.append(self("no_contact"))
        return " · ".join(part for part in parts if part)

    def facts(self, alert: Alert) -> list[tuple[str, str]]:
        """Label and value of what stands below the sentence; only what is known."""
        if alert.kind == "delivery_degraded":
            command = f"bastao deliveries list --sync {alert.sync}"
            return [(self("sync"), self.name(alert.sync)), (self("status"), self.name(alert.status)), (self("act"), command)]
        found = []
        if alert.clause:
            version = f" ({self('agreement')} {alert.version})" if alert.version else ""
            found.append((self("clause"), f"{alert.clause}{version}"))
        found.append((self("who"), alert.who or self("nobody")))
        if alert.due_at and alert.kind != "win":
            found.append((self("due"), self.instant(alert.due_at)))
        for name in ("about", "channel"):
            if value := getattr(alert, name):
                found.append((self(name), value))
        if amount := self.money(alert):
            found.append((self("amount"), amount))
        return found

    def line(self, alert: Alert) -> str:
        """The alert in one line of a digest."""
        parts = [self.title(alert), self.summary(alert)]
        return " · ".join(parts if alert.kind == "delivery_degraded" else [*parts, alert.who or self("nobody")])

    def time_left(self, alert: Alert) -> str:
        """What is left of the clock, or how long it has run out."""
        if alert.remaining_seconds is None:
            return ""
        working = "_working" if alert.clock == "business" else ""
        name = "left" if alert.remaining_seconds >= 0 else "late"
        return self(f"{name}{working}", time=duration(abs(alert.remaining_seconds)))

    def instant(self, at: datetime) -> str:
        """Local date and time, to the minute."""
        local = at.astimezone(ZoneInfo(self.zone))
        return f"{local:%Y-%m-%d %H:%M}" if self.locale == "en" else f"{local:%d/%m/%Y %H:%M}"

    def money(self, alert: Alert) -> str:
        """The amount as its readers write money; empty without one."""
        if alert.amount is None:
            return ""
        return str(format_currency(alert.amount, alert.currency, locale=self.locale.replace("-", "_")))


def duration(seconds: int) -> str:
    """Seconds as people say them, in the two greatest units: `2 d 3 h`, `1 h 05 min`, `4 min`, `30 s`."""
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
