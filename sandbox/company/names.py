"""Words for invented people, companies and places (no real person or company is meant)."""

import re
import unicodedata

FIRST_F = ("Ana", "Beatriz", "Camila", "Daniela", "Elisa", "Fernanda", "Gabriela", "Helena", "Isabela", "Júlia",
           "Karina", "Larissa", "Mariana", "Natália", "Patrícia", "Renata", "Sabrina", "Tatiane", "Vanessa", "Simone")
FIRST_M = ("André", "Bruno", "Carlos", "Diego", "Eduardo", "Felipe", "Gustavo", "Henrique", "Igor", "João",
           "Leandro", "Marcelo", "Nelson", "Otávio", "Paulo", "Rafael", "Sérgio", "Thiago", "Vinícius", "Wagner")
MIDDLE = ("Alves", "Barbosa", "Campos", "Dias", "Freitas", "Gomes", "Lopes", "Martins", "Nunes", "Prado")
LAST = ("Almeida", "Araújo", "Azevedo", "Batista", "Cardoso", "Carvalho", "Castro", "Costa", "Cunha", "Fernandes",
        "Ferreira", "Figueiredo", "Gonçalves", "Lima", "Machado", "Melo", "Mendes", "Moraes", "Moreira", "Moura",
        "Nascimento", "Oliveira", "Pereira", "Pinto", "Ramos", "Ribeiro", "Rocha", "Santana", "Santos", "Silva",
        "Souza", "Tavares", "Teixeira", "Vieira", "Zanetti", "Bianchi", "Schmidt", "Weber", "Yamada", "Tanaka")
KINDS = ("Metalúrgica", "Usinagem", "Indústria", "Alimentos", "Laticínios", "Têxtil", "Plásticos", "Química",
         "Engenharia", "Cerâmica", "Papel e Celulose", "Frigorífico", "Móveis", "Fundição", "Bebidas", "Embalagens")
PROPER = ("Serra Azul", "Boa Vista", "São Bento", "Três Rios", "Vale Verde", "Santa Rita", "Ouro Fino", "Monte Alto",
          "Rio Claro", "Pedra Branca", "Campo Largo", "Nova Era", "Bela Vista", "Aurora", "Horizonte", "Itaúna",
          "Jaraguá", "Guarani", "Ipê", "Araucária", "Paineira", "Cruzeiro", "Planalto", "Litoral", "Pioneira",
          "Progresso", "União", "Estrela", "Delta", "Vitória", "Marajó", "Tupi")
SUFFIX = ("Ltda", "S.A.", "ME", "Eireli", "Ltda", "Ltda")
SEGMENTS = ("Metalmecânico", "Alimentos e bebidas", "Plásticos", "Químico", "Têxtil", "Móveis", "Construção", "Outros")
# The sectors whose machines the company knows (it says so in the agreement's score, rule `setor`).
KNOWN_SECTORS = frozenset(SEGMENTS[:5])
TITLES = {
    "Gerente de Compras": 18, "Comprador": 16, "Gerente Industrial": 12, "Supervisor de Manutenção": 14,
    "Engenheiro de Processos": 9, "Diretor Industrial": 6, "Sócio-proprietário": 10, "Analista": 9, "Estudante": 6,
}  # fmt: skip
TITLE_FIT = {"Diretor Industrial": 22, "Sócio-proprietário": 18, "Gerente de Compras": 18, "Gerente Industrial": 20,
             "Supervisor de Manutenção": 12, "Engenheiro de Processos": 10, "Comprador": 8, "Analista": 2, "Estudante": -25}
SIZES = {"1 a 10": 24, "11 a 50": 33, "51 a 200": 26, "201 a 500": 11, "Acima de 500": 6}
SIZE_FIT = {"1 a 10": -14, "11 a 50": 0, "51 a 200": 12, "201 a 500": 16, "Acima de 500": 10}
CITIES = {  # (city, state, area code) -> weight
    ("São Paulo", "SP", "11"): 20, ("Guarulhos", "SP", "11"): 5, ("Campinas", "SP", "19"): 9,
    ("Sorocaba", "SP", "15"): 5, ("Ribeirão Preto", "SP", "16"): 5, ("São José dos Campos", "SP", "12"): 4,
    ("Bauru", "SP", "14"): 3, ("Curitiba", "PR", "41"): 10, ("Londrina", "PR", "43"): 4, ("Maringá", "PR", "44"): 3,
    ("Cascavel", "PR", "45"): 2, ("Joinville", "SC", "47"): 6, ("Chapecó", "SC", "49"): 2,
    ("Florianópolis", "SC", "48"): 2, ("Porto Alegre", "RS", "51"): 4, ("Caxias do Sul", "RS", "54"): 4,
    ("Santa Maria", "RS", "55"): 1, ("Belo Horizonte", "MG", "31"): 5, ("Uberlândia", "MG", "34"): 3,
    ("Rio de Janeiro", "RJ", "21"): 4, ("Goiânia", "GO", "62"): 3, ("Recife", "PE", "81"): 2, ("Manaus", "AM", "92"): 1,
}  # fmt: skip
FREE_MAIL = {"gmail.com": 62, "hotmail.com": 18, "outlook.com": 9, "yahoo.com.br": 7, "uol.com.br": 4}


def plain(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens only: for e-mails and addresses."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
