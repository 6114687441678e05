"""The Protheus data dictionary of the simulated company: names, types and widths of every column.

Types and widths follow contracts/protheus.md section 2.3 (C n = text of n characters, D 8 = date YYYYMMDD,
N w.d = number, M = memo). SX2 and SX3 are the dictionary itself.
"""

from dataclasses import dataclass

_COLUMNS = {
    "SYS_COMPANY": (
        "M0_CODIGO C2; M0_CODFIL C12; M0_FILIAL C41; M0_NOME C40; M0_NOMECOM C60; M0_CGC C14; "
        "M0_ESTCOB C2; M0_CIDCOB C60"
    ),
    "SA1": (
        "A1_FILIAL C2; A1_COD C6; A1_LOJA C2; A1_PESSOA C1; A1_NOME C40; A1_NREDUZ C20; A1_TIPO C1; "
        "A1_EST C2; A1_MUN C60; A1_CEP C8; A1_DDI C6; A1_DDD C3; A1_TEL C15; A1_CGC C14; A1_EMAIL C30; "
        "A1_VEND C6; A1_COND C3; A1_TABELA C3; A1_GRPVEN C6; A1_REGIAO C3; A1_CODTER C6; A1_CODSEG C6; "
        "A1_CNAE C9; A1_MSBLQL C1; A1_PRICOM D8; A1_ULTCOM D8; A1_DTCAD D8; A1_ORIGCT C1; A1_TPCAMP C1; "
        "A1_CHVCAM C14; A1_CLIPRI C6; A1_LOJPRI C2"
    ),
    "SUS": (
        "US_FILIAL C2; US_COD C6; US_LOJA C2; US_NOME C40; US_NREDUZ C20; US_PESSOA C1; US_CGC C14; "
        "US_DDD C3; US_TEL C15; US_EMAIL C30; US_EST C2; US_VEND C6; US_ORIGEM C1; US_MIDIA C6; "
        "US_STATUS C1; US_CODCLI C6; US_LOJACLI C2; US_DTCAD D8; US_HRCAD C5; US_DTCONV D8; US_HRCONV C5; "
        "US_TPCAMP C1; US_CHVCAM C14; US_CODDESQ C6; US_MSBLQL C1"
    ),
    "SA3": (
        "A3_FILIAL C2; A3_COD C6; A3_NOME C40; A3_NREDUZ C25; A3_TIPO C1; A3_CGC C14; A3_EMAIL C80; "
        "A3_GEREN C6; A3_SUPER C6; A3_GRPREP C6; A3_REGIAO C3; A3_CODUSR C6; A3_MSBLQL C1"
    ),
    "ACA": (
        "ACA_FILIAL C2; ACA_GRPREP C6; ACA_DESCRI C30; ACA_GRPSUP C6; ACA_MSBLQL C1"
    ),
    "SB1": (
        "B1_FILIAL C2; B1_COD C15; B1_DESC C30; B1_TIPO C2; B1_UM C2; B1_GRUPO C4; B1_PRV1 N12.2; "
        "B1_POSIPI C10; B1_ATIVO C1; B1_MSBLQL C1"
    ),
    "SE4": (
        "E4_FILIAL C2; E4_CODIGO C3; E4_TIPO C1; E4_COND C40; E4_DESCRI C15; E4_MSBLQL C1"
    ),
    "SF4": (
        "F4_FILIAL C2; F4_CODIGO C3; F4_TIPO C1; F4_DUPLIC C1; F4_ESTOQUE C1; F4_CF C5; F4_TEXTO C20"
    ),
    "DA0": (
        "DA0_FILIAL C2; DA0_CODTAB C3; DA0_DESCRI C30; DA0_DATDE D8; DA0_DATATE D8; DA0_CONDPG C3; "
        "DA0_ATIVO C1"
    ),
    "DA1": (
        "DA1_FILIAL C2; DA1_ITEM C4; DA1_CODTAB C3; DA1_CODPRO C15; DA1_PRCVEN N12.2; DA1_MOEDA N2.0; "
        "DA1_DATVIG D8; DA1_ATIVO C1"
    ),
    "SUO": (
        "UO_FILIAL C2; UO_CODCAMP C6; UO_DESC C40; UO_DTINI D8; UO_DTFIM D8; UO_CUSTO N12.2; "
        "UO_MSBLQL C1"
    ),
    "AC1": (
        "AC1_FILIAL C2; AC1_PROVEN C6; AC1_DESCRI C30; AC1_MSBLQL C1"
    ),
    "AC2": (
        "AC2_FILIAL C2; AC2_PROVEN C6; AC2_STAGE C6; AC2_DESCRI C30; AC2_RELEVA N3.0; AC2_DDURAC N3.0; "
        "AC2_HDURAC C5"
    ),
    "AD1": (
        "AD1_FILIAL C2; AD1_NROPOR C6; AD1_REVISA C2; AD1_DESCRI C30; AD1_DATA D8; AD1_HORA C5; "
        "AD1_USER C6; AD1_VEND C6; AD1_DTINI D8; AD1_DTFIM D8; AD1_DTPFIM D8; AD1_PROSPE C6; "
        "AD1_LOJPRO C2; AD1_CODCLI C6; AD1_LOJCLI C2; AD1_PROVEN C6; AD1_STAGE C6; AD1_VERBA N14.2; "
        "AD1_MOEDA N2.0; AD1_PRIOR C1; AD1_STATUS C1; AD1_FCS C6; AD1_FCI C6; AD1_ENCERR C6; "
        "AD1_COMUNI C6; AD1_CANAL C6; AD1_TPCAMP C1; AD1_CHVCAM C14; AD1_NUMORC C6; AD1_PROPOS C6; "
        "AD1_DTASSI D8; AD1_MTVENC M; AD1_MSBLQL C1"
    ),
    "AIJ": (
        "AIJ_FILIAL C2; AIJ_NROPOR C6; AIJ_REVISA C2; AIJ_PROVEN C6; AIJ_STAGE C6; AIJ_DTINIC D8; "
        "AIJ_HRINIC C5; AIJ_DTLIMI D8; AIJ_HRLIMI C5; AIJ_DTENCE D8; AIJ_HRENCE C5; AIJ_HISTOR C1; "
        "AIJ_STATUS C1"
    ),
    "ADY": (
        "ADY_FILIAL C2; ADY_PROPOS C6; ADY_PREVIS C2; ADY_OPORTU C6; ADY_REVISA C2; ADY_ENTIDA C1; "
        "ADY_CODIGO C6; ADY_LOJA C2; ADY_TABELA C3; ADY_ORCAME C6; ADY_STATUS C1; ADY_DATA D8; "
        "ADY_VEND C6; ADY_CONDPG C3; ADY_DTAPRO D8; ADY_DTPDV D8; ADY_DTFAT D8; ADY_DTREPR D8; "
        "ADY_MTREPR C6"
    ),
    "ADZ": (
        "ADZ_FILIAL C2; ADZ_PROPOS C6; ADZ_REVISA C2; ADZ_FOLDER C1; ADZ_ITEM C2; ADZ_PRODUT C15; "
        "ADZ_DESCRI C30; ADZ_UM C2; ADZ_MOEDA C1; ADZ_CONDPG C3; ADZ_TES C3; ADZ_QTDVEN N11.2; "
        "ADZ_PRCVEN N14.2; ADZ_PRCTAB N14.2; ADZ_TOTAL N14.2; ADZ_DESCON N5.2; ADZ_VALDES N14.2; "
        "ADZ_ORCAME C6; ADZ_ITEMOR C2"
    ),
    "SCJ": (
        "CJ_FILIAL C2; CJ_NUM C6; CJ_EMISSAO D8; CJ_VALIDA D8; CJ_PROSPE C6; CJ_LOJPRO C2; CJ_CLIENTE C6; "
        "CJ_LOJA C2; CJ_CONDPAG C3; CJ_TABELA C3; CJ_STATUS C1; CJ_MOEDA N2.0; CJ_PROPOST C6; "
        "CJ_NROPOR C6; CJ_REVISA C2"
    ),
    "SCK": (
        "CK_FILIAL C2; CK_NUM C6; CK_ITEM C2; CK_PRODUTO C15; CK_UM C2; CK_QTDVEN N9.2; CK_PRCVEN N11.2; "
        "CK_VALOR N12.2; CK_TES C3; CK_CLIENTE C6; CK_LOJA C2; CK_NUMPV C6; CK_PROPOST C6; CK_ITEMPRO C2"
    ),
    "SC5": (
        "C5_FILIAL C2; C5_NUM C6; C5_TIPO C1; C5_CLIENTE C6; C5_LOJACLI C2; C5_CLIENT C6; C5_LOJAENT C2; "
        "C5_TIPOCLI C1; C5_CONDPAG C3; C5_TABELA C3; C5_VEND1 C6; C5_COMIS1 N5.2; C5_EMISSAO D8; "
        "C5_MOEDA N2.0; C5_FRETE N12.2; C5_LIBEROK C1; C5_NOTA C9; C5_SERIE C3; C5_ORIGEM C15; "
        "C5_MSBLQL C1"
    ),
    "SC6": (
        "C6_FILIAL C2; C6_NUM C6; C6_ITEM C2; C6_PRODUTO C15; C6_UM C2; C6_QTDVEN N9.2; C6_PRCVEN N11.2; "
        "C6_PRUNIT N11.2; C6_VALOR N12.2; C6_DESCONT N5.2; C6_VALDESC N14.2; C6_TES C3; C6_CF C5; "
        "C6_CLI C6; C6_LOJA C2; C6_QTDENT N9.2; C6_ENTREG D8; C6_NOTA C9; C6_SERIE C3; C6_DATFAT D8; "
        "C6_BLQ C2; C6_NUMORC C8"
    ),
    "SF2": (
        "F2_FILIAL C2; F2_DOC C9; F2_SERIE C3; F2_CLIENTE C6; F2_LOJA C2; F2_TIPO C1; F2_COND C3; "
        "F2_DUPL C9; F2_PREFIXO C3; F2_EMISSAO D8; F2_EST C2; F2_VALMERC N14.2; F2_VALIPI N14.2; "
        "F2_FRETE N14.2; F2_DESCONT N14.2; F2_VALBRUT N14.2; F2_VALFAT N16.2; F2_VEND1 C6; F2_ESPECIE C5; "
        "F2_CHVNFE C44"
    ),
    "SD2": (
        "D2_FILIAL C2; D2_DOC C9; D2_SERIE C3; D2_CLIENTE C6; D2_LOJA C2; D2_ITEM C2; D2_COD C15; "
        "D2_UM C2; D2_QUANT N11.2; D2_PRCVEN N14.2; D2_TOTAL N14.2; D2_VALIPI N14.2; D2_VALICM N14.2; "
        "D2_DESCON N12.2; D2_TES C3; D2_CF C5; D2_TIPO C1; D2_EMISSAO D8; D2_PEDIDO C6; D2_ITEMPV C2; "
        "D2_NUMSEQ C6; D2_QTDEDEV N11.2; D2_VALDEV N14.2; D2_CUSTO1 N14.2"
    ),
    "SF1": (
        "F1_FILIAL C2; F1_DOC C9; F1_SERIE C3; F1_FORNECE C6; F1_LOJA C2; F1_TIPO C1; F1_FORMUL C1; "
        "F1_EMISSAO D8; F1_DTDIGIT D8; F1_DUPL C9; F1_VALMERC N14.2; F1_VALBRUT N14.2; F1_ESPECIE C5; "
        "F1_CHVNFE C44; F1_MOTRET C6"
    ),
    "SD1": (
        "D1_FILIAL C2; D1_DOC C9; D1_SERIE C3; D1_FORNECE C6; D1_LOJA C2; D1_ITEM C4; D1_COD C15; "
        "D1_QUANT N11.2; D1_VUNIT N14.2; D1_TOTAL N14.2; D1_VALIPI N14.2; D1_TES C3; D1_CF C5; "
        "D1_TIPO C1; D1_EMISSAO D8; D1_DTDIGIT D8; D1_NFORI C9; D1_SERIORI C3; D1_ITEMORI C4"
    ),
    "SE1": (
        "E1_FILIAL C2; E1_PREFIXO C3; E1_NUM C9; E1_PARCELA C2; E1_TIPO C3; E1_NATUREZ C10; "
        "E1_CLIENTE C6; E1_LOJA C2; E1_NOMCLI C20; E1_EMISSAO D8; E1_VENCTO D8; E1_VENCREA D8; "
        "E1_VENCORI D8; E1_BAIXA D8; E1_MOVIMEN D8; E1_VALOR N16.2; E1_SALDO N16.2; E1_VALLIQ N16.2; "
        "E1_VEND1 C6; E1_PEDIDO C6; E1_NUMNOTA C9; E1_SERIE C3; E1_ORIGEM C8; E1_FILORIG C2; "
        "E1_SITUACA C1; E1_STATUS C1; E1_MOEDA N2.0"
    ),
    "SE5": (
        "E5_FILIAL C2; E5_DATA D8; E5_TIPO C3; E5_VALOR N16.2; E5_VLJUROS N16.2; E5_VLMULTA N16.2; "
        "E5_VLDESCO N16.2; E5_RECPAG C1; E5_TIPODOC C2; E5_MOTBX C3; E5_SITUACA C1; E5_PREFIXO C3; "
        "E5_NUMERO C9; E5_PARCELA C2; E5_CLIFOR C6; E5_LOJA C2; E5_SEQ C2; E5_DTDIGIT D8; E5_DTDISPO D8; "
        "E5_HISTOR C40; E5_TABORI C3; E5_IDORIG C32; E5_FILORIG C2"
    ),
    "FK7": (
        "FK7_FILIAL C2; FK7_IDDOC C32; FK7_ALIAS C3; FK7_CHAVE C100"
    ),
    "FK1": (
        "FK1_FILIAL C2; FK1_IDFK1 C32; FK1_IDDOC C32; FK1_DATA D8; FK1_VALOR N16.2; FK1_MOEDA C2; "
        "FK1_RECPAG C1; FK1_TPDOC C2; FK1_MOTBX C3; FK1_SEQ C2; FK1_HISTOR C40; FK1_FILORI C2"
    ),
    "FK6": (
        "FK6_FILIAL C2; FK6_IDFK6 C10; FK6_VALCAL N16.2; FK6_VALMOV N16.2; FK6_RECPAG C1; FK6_TPDOC C2; "
        "FK6_TABORI C3; FK6_IDORIG C32; FK6_HISTOR C40"
    ),
    "CN9": (
        "CN9_FILIAL C2; CN9_NUMERO C15; CN9_REVISA C3; CN9_REVATU C3; CN9_ESPCTR C1; CN9_SITUAC C2; "
        "CN9_TPCTO C3; CN9_DTINIC D8; CN9_DTFIM D8; CN9_DTASSI D8; CN9_CONDPG C3; CN9_VLINI N16.2; "
        "CN9_VLATU N16.2; CN9_SALDO N16.2; CN9_PROPOS C6; CN9_PROREV C2"
    ),
    "CNA": (
        "CNA_FILIAL C2; CNA_CONTRA C15; CNA_REVISA C3; CNA_NUMERO C6; CNA_CLIENT C6; CNA_LOJACL C2; "
        "CNA_TIPPLA C3; CNA_DTINI D8; CNA_DTFIM D8; CNA_VLTOT N16.2; CNA_SALDO N16.2; CNA_QTDREC N3.0; "
        "CNA_PROMED D8; CNA_ULTMED D8"
    ),
    "CNB": (
        "CNB_FILIAL C2; CNB_CONTRA C15; CNB_REVISA C3; CNB_NUMERO C6; CNB_ITEM C3; CNB_PRODUT C15; "
        "CNB_DESCRI C30; CNB_QUANT N12.4; CNB_VLUNIT N16.2; CNB_VLTOT N16.2; CNB_DESC N6.2; "
        "CNB_PROPOS C6; CNB_PROREV C2"
    ),
}
_COLUMNS["SX2"] = (
    "X2_CHAVE C3; X2_PATH C40; X2_ARQUIVO C8; X2_NOME C30; X2_MODO C1; X2_MODOUN C1; X2_MODOEMP C1; "
    "X2_UNICO C250; X2_STAMP C1; X2_INSDT C1"
)
_COLUMNS["SX3"] = (
    "X3_ARQUIVO C3; X3_ORDEM C2; X3_CAMPO C10; X3_TIPO C1; X3_TAMANHO N3.0; X3_DECIMAL N1.0; "
    "X3_TITULO C12; X3_CONTEXT C1; X3_CBOX C128"
)

# alias -> (name, unique key; empty when none is declared). Tables not in _EXCLUSIVE are shared by all branches.
_TABLES = {
    "SYS_COMPANY": ("Grupos e filiais", "M0_CODIGO+M0_CODFIL"),
    "SA1": ("Clientes", "A1_FILIAL+A1_COD+A1_LOJA"),
    "SUS": ("Prospects", "US_FILIAL+US_COD+US_LOJA"),
    "SA3": ("Vendedores", "A3_FILIAL+A3_COD"),
    "ACA": ("Grupo de representantes", "ACA_FILIAL+ACA_GRPREP"),
    "SB1": ("Produtos", "B1_FILIAL+B1_COD"),
    "SE4": ("Condições de pagamento", "E4_FILIAL+E4_CODIGO"),
    "SF4": ("Tipos de entrada e saída", "F4_FILIAL+F4_CODIGO"),
    "DA0": ("Tabela de preços", "DA0_FILIAL+DA0_CODTAB"),
    "DA1": ("Itens da tabela de preços", "DA1_FILIAL+DA1_CODTAB+DA1_ITEM"),
    "SUO": ("Campanhas", "UO_FILIAL+UO_CODCAMP"),
    "AC1": ("Processo de venda", "AC1_FILIAL+AC1_PROVEN"),
    "AC2": ("Estágios do processo", "AC2_FILIAL+AC2_PROVEN+AC2_STAGE"),
    "AD1": ("Oportunidades", "AD1_FILIAL+AD1_NROPOR+AD1_REVISA"),
    "AIJ": ("Evolução da venda", "AIJ_FILIAL+AIJ_NROPOR+AIJ_REVISA+AIJ_PROVEN+AIJ_STAGE"),
    "ADY": ("Proposta comercial", "ADY_FILIAL+ADY_PROPOS"),
    "ADZ": ("Itens da proposta", "ADZ_FILIAL+ADZ_PROPOS+ADZ_REVISA+ADZ_FOLDER+ADZ_ITEM"),
    "SCJ": ("Orçamentos", "CJ_FILIAL+CJ_NUM+CJ_CLIENTE+CJ_LOJA"),
    "SCK": ("Itens do orçamento", "CK_FILIAL+CK_NUM+CK_ITEM+CK_PRODUTO"),
    "SC5": ("Pedidos de venda", "C5_FILIAL+C5_NUM"),
    "SC6": ("Itens do pedido", "C6_FILIAL+C6_NUM+C6_ITEM+C6_PRODUTO"),
    "SF2": ("Cabeçalho das NF de saída", "F2_FILIAL+F2_DOC+F2_SERIE+F2_CLIENTE+F2_LOJA"),
    "SD2": ("Itens das NF de saída", "D2_FILIAL+D2_DOC+D2_SERIE+D2_CLIENTE+D2_LOJA+D2_ITEM"),
    "SF1": ("Cabeçalho das NF de entrada", "F1_FILIAL+F1_DOC+F1_SERIE+F1_FORNECE+F1_LOJA+F1_FORMUL"),
    "SD1": ("Itens das NF de entrada", "D1_FILIAL+D1_DOC+D1_SERIE+D1_FORNECE+D1_LOJA+D1_COD+D1_ITEM"),
    "SE1": ("Contas a receber", "E1_FILIAL+E1_PREFIXO+E1_NUM+E1_PARCELA+E1_TIPO"),
    "SE5": ("Movimentação bancária", ""),
    "FK7": ("Tabela auxiliar", "FK7_FILIAL+FK7_IDDOC"),
    "FK1": ("Baixas a receber", "FK1_FILIAL+FK1_IDFK1"),
    "FK6": ("Valores acessórios", "FK6_FILIAL+FK6_IDFK6"),
    "CN9": ("Contratos", "CN9_FILIAL+CN9_NUMERO+CN9_REVISA"),
    "CNA": ("Planilhas do contrato", "CNA_FILIAL+CNA_CONTRA+CNA_REVISA+CNA_NUMERO"),
    "CNB": ("Itens das planilhas", "CNB_FILIAL+CNB_CONTRA+CNB_REVISA+CNB_NUMERO+CNB_ITEM"),
    "SX2": ("Dicionário de tabelas", "X2_CHAVE"),
    "SX3": ("Dicionário de campos", "X3_CAMPO"),
}
_EXCLUSIVE = frozenset(
    ["AD1", "AIJ", "ADY", "ADZ", "SCJ", "SCK", "SC5", "SC6", "SF2", "SD2", "SF1", "SD1", "SE1", "SE5", "FK1", "FK6", "FK7", "CN9", "CNA", "CNB"]
)


@dataclass(frozen=True, slots=True)
class ErpColumn:
    """One column: `type` is C, D, N or M; `width` in characters or digits; `decimals` of numbers."""

    name: str
    type: str
    width: int
    decimals: int


@dataclass(frozen=True, slots=True)
class ErpTable:
    """One table: `physical` is its name in the database; `exclusive` movements belong to one branch."""

    alias: str
    physical: str
    name: str
    unique_key: str
    exclusive: bool
    columns: tuple[ErpColumn, ...]


def _column(text: str) -> ErpColumn:
    name, spec = text.split(" ")
    width, _, decimals = spec[1:].partition(".")
    return ErpColumn(name, spec[0], int(width or 10), int(decimals or 0))


def tables(group: str) -> dict[str, ErpTable]:
    """Every table of one company group, by alias; SYS_COMPANY keeps its own name."""
    result = {}
    for alias, (name, key) in _TABLES.items():
        columns = tuple(_column(text) for text in _COLUMNS[alias].split("; "))
        physical = alias if alias == "SYS_COMPANY" else f"{alias}{group}0"
        result[alias] = ErpTable(alias, physical, name, key, alias in _EXCLUSIVE, columns)
    return result
