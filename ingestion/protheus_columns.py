"""Columns of the Protheus tables that land in `raw_protheus`.

Rule: `contracts/protheus.md` section 2.3 (names and dictionary types). A name without a suffix is a character
column (trimmed text, blank becomes null); `:date` a date; `:decimal` money or a rate, decimal(18,2); `:decimal4`
a quantity, decimal(18,4).

Left out on purpose, because no model reads them and they identify a natural person or may hold free text:
in SA1 name, short name, phone, e-mail, postal code and the shared CNPJ/CPF column (identifiers go to
`customer_identifiers`, a company's CNPJ to the derived `a1_cnpj` and `a1_cnpj_root`); in SUS the same columns
(a company's CNPJ becomes `us_cnpj` and `us_cnpj_root`, nothing else of a prospect lands); in SA3 all but the
business name and e-mail; E1_NOMCLI, E5_HISTOR, FK1_HISTOR, FK6_HISTOR and the memo AD1_MTVENC.

`table_sharing` is ours: one row per table of the dictionary SX2, how its branch column is to be read (section 1.3).
"""

# Tables of ours that are no physical table of Protheus: no record number, no control columns.
UNNUMBERED = ("customer_identifiers", "table_sharing")

PROTHEUS_COLUMNS: dict[str, str] = {
    "sa1": """
        a1_filial a1_cod a1_loja a1_pessoa a1_tipo a1_est a1_mun a1_cnpj a1_cnpj_root a1_vend
        a1_cond a1_tabela a1_grpven a1_regiao a1_codter a1_codseg a1_cnae a1_msblql a1_pricom:date
        a1_ultcom:date a1_dtcad:date a1_origct a1_tpcamp a1_chvcam a1_clipri a1_lojpri
    """,
    "sus": """
        us_filial us_cod us_loja us_pessoa us_cnpj us_cnpj_root us_est us_vend us_origem us_midia us_status
        us_codcli us_lojacli us_dtcad:date us_hrcad us_dtconv:date us_hrconv us_tpcamp us_chvcam us_coddesq
        us_msblql
    """,
    "sa3": """
        a3_filial a3_cod a3_nreduz a3_email a3_msblql
    """,
    "aca": """
        aca_filial aca_grprep aca_descri aca_grpsup aca_msblql
    """,
    "sb1": """
        b1_filial b1_cod b1_desc b1_tipo b1_um b1_grupo b1_prv1:decimal b1_posipi b1_ativo b1_msblql
    """,
    "se4": """
        e4_filial e4_codigo e4_tipo e4_cond e4_descri e4_msblql
    """,
    "da0": """
        da0_filial da0_codtab da0_descri da0_datde:date da0_datate:date da0_condpg da0_ativo
    """,
    "da1": """
        da1_filial da1_item da1_codtab da1_codpro da1_prcven:decimal da1_moeda:decimal da1_datvig:date da1_ativo
    """,
    "suo": """
        uo_filial uo_codcamp uo_desc uo_dtini:date uo_dtfim:date uo_custo:decimal uo_msblql
    """,
    "ac1": """
        ac1_filial ac1_proven ac1_descri ac1_msblql
    """,
    "ac2": """
        ac2_filial ac2_proven ac2_stage ac2_descri ac2_releva:decimal ac2_ddurac:decimal ac2_hdurac
    """,
    "scj": """
        cj_filial cj_num cj_emissao:date cj_valida:date cj_prospe cj_lojpro cj_cliente cj_loja cj_condpag
        cj_tabela cj_status cj_moeda:decimal cj_propost cj_nropor cj_revisa
    """,
    "sck": """
        ck_filial ck_num ck_item ck_produto ck_um ck_qtdven:decimal4 ck_prcven:decimal ck_valor:decimal ck_tes
        ck_cliente ck_loja ck_numpv ck_propost ck_itempro
    """,
    "sc5": """
        c5_filial c5_num c5_tipo c5_cliente c5_lojacli c5_client c5_lojaent c5_tipocli c5_condpag
        c5_tabela c5_vend1 c5_comis1:decimal c5_emissao:date c5_moeda:decimal c5_frete:decimal
        c5_liberok c5_nota c5_serie c5_origem c5_msblql
    """,
    "sc6": """
        c6_filial c6_num c6_item c6_produto c6_um c6_qtdven:decimal4 c6_prcven:decimal
        c6_prunit:decimal c6_valor:decimal c6_descont:decimal c6_valdesc:decimal c6_tes c6_cf c6_cli
        c6_loja c6_qtdent:decimal4 c6_entreg:date c6_nota c6_serie c6_datfat:date c6_blq c6_numorc
    """,
    "sf2": """
        f2_filial f2_doc f2_serie f2_cliente f2_loja f2_tipo f2_cond f2_dupl f2_prefixo
        f2_emissao:date f2_est f2_valmerc:decimal f2_valipi:decimal f2_frete:decimal
        f2_descont:decimal f2_valbrut:decimal f2_valfat:decimal f2_vend1 f2_especie f2_chvnfe
    """,
    "sd2": """
        d2_filial d2_doc d2_serie d2_cliente d2_loja d2_item d2_cod d2_um d2_quant:decimal4
        d2_prcven:decimal d2_total:decimal d2_valipi:decimal d2_valicm:decimal d2_descon:decimal
        d2_tes d2_cf d2_tipo d2_emissao:date d2_pedido d2_itempv d2_numseq d2_qtdedev:decimal4
        d2_valdev:decimal d2_custo1:decimal
    """,
    "sf1": """
        f1_filial f1_doc f1_serie f1_fornece f1_loja f1_tipo f1_formul f1_emissao:date
        f1_dtdigit:date f1_dupl f1_valmerc:decimal f1_valbrut:decimal f1_especie f1_chvnfe f1_motret
    """,
    "sd1": """
        d1_filial d1_doc d1_serie d1_fornece d1_loja d1_item d1_cod d1_quant:decimal4
        d1_vunit:decimal d1_total:decimal d1_valipi:decimal d1_tes d1_cf d1_tipo d1_emissao:date
        d1_dtdigit:date d1_nfori d1_seriori d1_itemori
    """,
    "sf4": """
        f4_filial f4_codigo f4_tipo f4_duplic f4_estoque f4_cf f4_texto
    """,
    "se1": """
        e1_filial e1_prefixo e1_num e1_parcela e1_tipo e1_naturez e1_cliente e1_loja e1_emissao:date
        e1_vencto:date e1_vencrea:date e1_vencori:date e1_baixa:date e1_movimen:date
        e1_valor:decimal e1_saldo:decimal e1_valliq:decimal e1_vend1 e1_pedido e1_numnota e1_serie
        e1_origem e1_filorig e1_situaca e1_status e1_moeda:decimal
    """,
    "se5": """
        e5_filial e5_data:date e5_tipo e5_valor:decimal e5_vljuros:decimal e5_vlmulta:decimal
        e5_vldesco:decimal e5_recpag e5_tipodoc e5_motbx e5_situaca e5_prefixo e5_numero e5_parcela
        e5_clifor e5_loja e5_seq e5_dtdigit:date e5_dtdispo:date e5_tabori e5_idorig e5_filorig
    """,
    "fk1": """
        fk1_filial fk1_idfk1 fk1_iddoc fk1_data:date fk1_valor:decimal fk1_moeda fk1_recpag
        fk1_tpdoc fk1_motbx fk1_seq fk1_filori
    """,
    "fk7": """
        fk7_filial fk7_iddoc fk7_alias fk7_chave
    """,
    "fk6": """
        fk6_filial fk6_idfk6 fk6_valcal:decimal fk6_valmov:decimal fk6_recpag fk6_tpdoc fk6_tabori fk6_idorig
    """,
    "cn9": """
        cn9_filial cn9_numero cn9_revisa cn9_revatu cn9_espctr cn9_situac cn9_tpcto cn9_dtinic:date
        cn9_dtfim:date cn9_dtassi:date cn9_condpg cn9_vlini:decimal cn9_vlatu:decimal
        cn9_saldo:decimal cn9_propos cn9_prorev
    """,
    "cna": """
        cna_filial cna_contra cna_revisa cna_numero cna_client cna_lojacl cna_tippla cna_dtini:date
        cna_dtfim:date cna_vltot:decimal cna_saldo:decimal cna_qtdrec:decimal cna_promed:date
        cna_ultmed:date
    """,
    "cnb": """
        cnb_filial cnb_contra cnb_revisa cnb_numero cnb_item cnb_produt cnb_descri
        cnb_quant:decimal4 cnb_vlunit:decimal cnb_vltot:decimal cnb_desc:decimal cnb_propos
        cnb_prorev
    """,
    "ady": """
        ady_filial ady_propos ady_previs ady_oportu ady_revisa ady_entida ady_codigo ady_loja
        ady_tabela ady_orcame ady_status ady_data:date ady_vend ady_condpg ady_dtapro:date
        ady_dtpdv:date ady_dtfat:date ady_dtrepr:date ady_mtrepr
    """,
    "adz": """
        adz_filial adz_propos adz_revisa adz_folder adz_item adz_produt adz_descri adz_um adz_moeda
        adz_condpg adz_tes adz_qtdven:decimal4 adz_prcven:decimal adz_prctab:decimal adz_total:decimal
        adz_descon:decimal adz_valdes:decimal adz_orcame adz_itemor
    """,
    "ad1": """
        ad1_filial ad1_nropor ad1_revisa ad1_descri ad1_data:date ad1_hora ad1_user ad1_vend
        ad1_dtini:date ad1_dtfim:date ad1_dtpfim:date ad1_prospe ad1_lojpro ad1_codcli ad1_lojcli
        ad1_proven ad1_stage ad1_verba:decimal ad1_moeda:decimal ad1_prior ad1_status ad1_fcs
        ad1_fci ad1_encerr ad1_comuni ad1_canal ad1_tpcamp ad1_chvcam ad1_numorc ad1_propos
        ad1_dtassi:date ad1_msblql
    """,
    "aij": """
        aij_filial aij_nropor aij_revisa aij_proven aij_stage aij_dtinic:date aij_hrinic
        aij_dtlimi:date aij_hrlimi aij_dtence:date aij_hrence aij_histor aij_status
    """,
    "sys_company": """
        m0_codigo m0_codfil m0_filial m0_nome m0_nomecom m0_cgc m0_estcob m0_cidcob
    """,
    "table_sharing": """
        alias physical_name company_mode unit_mode branch_mode unique_key
    """,
    "customer_identifiers": """
        branch customer_code store kind value reject_reason position:int
    """,
}
