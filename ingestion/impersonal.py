"""Text columns of raw tables that are nobody's: ids, codes, names of campaigns and companies (see `ingestion.personal`)."""

from __future__ import annotations

IMPERSONAL: dict[str, str] = {
    "raw_rd_station.contacts": "contact_uuid state legal_category legal_type legal_status",
    "raw_rd_station.contact_identifiers": "contact_uuid kind reject_reason",
    "raw_rd_station.contact_legal_bases": "contact_uuid category type status",
    "raw_rd_station.contact_fields": "contact_uuid field",
    "raw_rd_station.segmentation_contacts": "segment_id contact_uuid",
    "raw_rd_station.funnels": "contact_uuid lifecycle_stage",
    "raw_rd_station.conversions": """
        contact_uuid event_type event_identifier traffic_source traffic_medium traffic_campaign
        filled_fields event_key
    """,
    "raw_rd_station.assets": "asset_kind asset_id name identifier status",
    "raw_rd_station_crm.deals": """
        deal_id status stage_id pipeline_id user_id organization_id campaign_name source_name lost_reason_id
        lost_reason_name parent_deal_id erp_order
    """,
    "raw_rd_station_crm.deal_stage_visits": "deal_id visit_id stage_id",
    "raw_rd_station_crm.deal_contacts": "deal_id contact_id",
    "raw_rd_station_crm.contacts": "contact_id organization_id integration_id",
    "raw_rd_station_crm.contact_identifiers": "contact_id kind reject_reason",
    "raw_rd_station_crm.organizations": "organization_id name cnpj cnpj_root domain segment state",
    "raw_rd_station_crm.tasks": "task_id deal_id type user_id",
    "raw_rd_station_crm.users": "user_id team_name",
    "raw_rd_station_crm.stages": "stage_id stage_name pipeline_id pipeline_name",
    "raw_rd_station_crm.lost_reasons": "reason_id name",
    "raw_pipedrive.deals": """
        deal_id source_lead_id person_id organization_id user_id pipeline_id stage_id status lost_reason_name erp_order
        parent_deal_id campaign_name source_name history_key fingerprint
    """,
    "raw_pipedrive.leads": """
        lead_id person_id organization_id user_id source_deal_id lost_reason_name temperature erp_order parent_deal_id
        campaign_name source_name fingerprint
    """,
    "raw_pipedrive.deal_histories": "deal_id history_key",
    "raw_pipedrive.deal_stage_visits": "deal_id visit_id stage_id",
    "raw_pipedrive.deal_states": "deal_id user_id",
    "raw_pipedrive.contacts": "contact_id organization_id integration_id fingerprint",
    "raw_pipedrive.contact_identifiers": "contact_id kind reject_reason",
    "raw_pipedrive.organizations": "organization_id name cnpj cnpj_root domain segment state fingerprint",
    "raw_pipedrive.activities": "activity_id deal_id lead_id type outcome user_id fingerprint",
    "raw_pipedrive.call_logs": "call_log_id activity_id outcome fingerprint",
    "raw_pipedrive.users": "user_id team_name",
    "raw_pipedrive.stages": "stage_id stage_name pipeline_id pipeline_name",
    "raw_pipedrive.lead_labels": "label_id name",
    "raw_salesforce.users": "user_id team_name",
    "raw_salesforce.stages": "stage_id stage_name pipeline_id pipeline_name",
    "raw_salesforce.lost_reasons": "reason_id name",
    "raw_salesforce.leads": """
        lead_id status owner_id source_name lost_reason converted_opportunity_id converted_contact_id
        master_record_id
    """,
    "raw_salesforce.opportunities": """
        opportunity_id organization_id contact_id stage_name record_type_id owner_id source_name campaign_name
        lost_reason parent_id erp_order
    """,
    "raw_salesforce.opportunity_history": "history_id opportunity_id stage_name",
    "raw_salesforce.field_history": "history_id record_id field old_value new_value",
    "raw_salesforce.opportunity_contact_roles": "role_id opportunity_id contact_id",
    "raw_salesforce.contacts": "contact_id organization_id integration_id converted_to master_record_id",
    "raw_salesforce.contact_identifiers": "contact_id kind reject_reason",
    "raw_salesforce.organizations": "organization_id converted_to name cnpj cnpj_root domain segment state",
    "raw_salesforce.tasks": "task_id who_id what_id type outcome user_id",
    "raw_hubspot.owners": "owner_id team_name",
    "raw_hubspot.stages": "record_kind stage_id stage_name pipeline_id pipeline_name lead_state",
    "raw_hubspot.lost_reasons": "reason_id name",
    "raw_hubspot.companies": "company_id name cnpj cnpj_root domain segment state merged_into",
    "raw_hubspot.contacts": "contact_id company_id integration_id merged_into",
    "raw_hubspot.contact_identifiers": "contact_id kind reject_reason",
    "raw_hubspot.leads": """
        lead_id deal_id pipeline_id stage_id owner_id reason_id reason_name campaign_name source_name company_id
        merged_into
    """,
    "raw_hubspot.deals": """
        deal_id erp_order parent_deal_id pipeline_id stage_id owner_id reason_id reason_name campaign_name source_name
        company_id merged_into
    """,
    "raw_hubspot.lead_contacts": "lead_id contact_id",
    "raw_hubspot.deal_contacts": "deal_id contact_id",
    "raw_hubspot.stage_visits": "record_kind record_id visit_id stage_id",
    "raw_hubspot.record_changes": "record_kind record_id owner_id",
    "raw_hubspot.activities": "activity_id object_kind lead_id deal_id type outcome owner_id",
    "raw_protheus.sa1": """
        company_group a1_filial a1_cod a1_loja a1_pessoa a1_tipo a1_est a1_cnpj a1_cnpj_root a1_vend a1_cond
        a1_tabela a1_grpven a1_regiao a1_codter a1_codseg a1_cnae a1_msblql a1_origct a1_tpcamp a1_chvcam
        a1_clipri a1_lojpri
    """,
    "raw_protheus.sus": """
        company_group us_filial us_cod us_loja us_pessoa us_cnpj us_cnpj_root us_est us_vend us_origem us_midia
        us_status us_codcli us_lojacli us_hrcad us_hrconv us_tpcamp us_chvcam us_coddesq us_msblql
    """,
    "raw_protheus.aca": "company_group aca_filial aca_grprep aca_descri aca_grpsup aca_msblql",
    "raw_protheus.sb1": """
        company_group b1_filial b1_cod b1_desc b1_tipo b1_um b1_grupo b1_posipi b1_ativo b1_msblql
    """,
    "raw_protheus.se4": "company_group e4_filial e4_codigo e4_tipo e4_cond e4_descri e4_msblql",
    "raw_protheus.da0": "company_group da0_filial da0_codtab da0_descri da0_condpg da0_ativo",
    "raw_protheus.da1": "company_group da1_filial da1_item da1_codtab da1_codpro da1_ativo",
    "raw_protheus.suo": "company_group uo_filial uo_codcamp uo_desc uo_msblql",
    "raw_protheus.ac1": "company_group ac1_filial ac1_proven ac1_descri ac1_msblql",
    "raw_protheus.ac2": "company_group ac2_filial ac2_proven ac2_stage ac2_descri ac2_hdurac",
    "raw_protheus.scj": """
        company_group cj_filial cj_num cj_prospe cj_lojpro cj_cliente cj_loja cj_condpag cj_tabela cj_status
        cj_propost cj_nropor cj_revisa
    """,
    "raw_protheus.sck": """
        company_group ck_filial ck_num ck_item ck_produto ck_um ck_tes ck_cliente ck_loja ck_numpv ck_propost
        ck_itempro
    """,
    "raw_protheus.fk6": "company_group fk6_filial fk6_idfk6 fk6_recpag fk6_tpdoc fk6_tabori fk6_idorig",
    "raw_protheus.adz": """
        company_group adz_filial adz_propos adz_revisa adz_folder adz_item adz_produt adz_descri adz_um adz_moeda
        adz_condpg adz_tes adz_orcame adz_itemor
    """,
    "raw_protheus.table_sharing": "company_group alias physical_name company_mode unit_mode branch_mode unique_key",
    "raw_protheus.sa3": "company_group a3_filial a3_cod a3_msblql",
    "raw_protheus.sc5": """
        company_group c5_filial c5_num c5_tipo c5_cliente c5_lojacli c5_client c5_lojaent c5_tipocli
        c5_condpag c5_tabela c5_vend1 c5_liberok c5_nota c5_serie c5_origem c5_msblql
    """,
    "raw_protheus.sc6": """
        company_group c6_filial c6_num c6_item c6_produto c6_um c6_tes c6_cf c6_cli c6_loja c6_nota c6_serie
        c6_blq c6_numorc
    """,
    "raw_protheus.sf2": """
        company_group f2_filial f2_doc f2_serie f2_cliente f2_loja f2_tipo f2_cond f2_dupl f2_prefixo f2_est
        f2_vend1 f2_especie f2_chvnfe
    """,
    "raw_protheus.sd2": """
        company_group d2_filial d2_doc d2_serie d2_cliente d2_loja d2_item d2_cod d2_um d2_tes d2_cf d2_tipo
        d2_pedido d2_itempv d2_numseq
    """,
    "raw_protheus.sf1": """
        company_group f1_filial f1_doc f1_serie f1_fornece f1_loja f1_tipo f1_formul f1_dupl f1_especie
        f1_chvnfe f1_motret
    """,
    "raw_protheus.sd1": """
        company_group d1_filial d1_doc d1_serie d1_fornece d1_loja d1_item d1_cod d1_tes d1_cf d1_tipo
        d1_nfori d1_seriori d1_itemori
    """,
    "raw_protheus.sf4": "company_group f4_filial f4_codigo f4_tipo f4_duplic f4_estoque f4_cf f4_texto",
    "raw_protheus.se1": """
        company_group e1_filial e1_prefixo e1_num e1_parcela e1_tipo e1_naturez e1_cliente e1_loja e1_vend1
        e1_pedido e1_numnota e1_serie e1_origem e1_filorig e1_situaca e1_status
    """,
    "raw_protheus.se5": """
        company_group e5_filial e5_tipo e5_recpag e5_tipodoc e5_motbx e5_situaca e5_prefixo e5_numero
        e5_parcela e5_clifor e5_loja e5_seq e5_tabori e5_idorig e5_filorig
    """,
    "raw_protheus.fk1": """
        company_group fk1_filial fk1_idfk1 fk1_iddoc fk1_moeda fk1_recpag fk1_tpdoc fk1_motbx fk1_seq
        fk1_filori
    """,
    "raw_protheus.fk7": "company_group fk7_filial fk7_iddoc fk7_alias fk7_chave",
    "raw_protheus.cn9": """
        company_group cn9_filial cn9_numero cn9_revisa cn9_revatu cn9_espctr cn9_situac cn9_tpcto cn9_condpg
        cn9_propos cn9_prorev
    """,
    "raw_protheus.cna": """
        company_group cna_filial cna_contra cna_revisa cna_numero cna_client cna_lojacl cna_tippla
    """,
    "raw_protheus.cnb": """
        company_group cnb_filial cnb_contra cnb_revisa cnb_numero cnb_item cnb_produt cnb_descri cnb_propos
        cnb_prorev
    """,
    "raw_protheus.ady": """
        company_group ady_filial ady_propos ady_previs ady_oportu ady_revisa ady_entida ady_codigo ady_loja
        ady_tabela ady_orcame ady_status ady_vend ady_condpg ady_mtrepr
    """,
    "raw_protheus.ad1": """
        company_group ad1_filial ad1_nropor ad1_revisa ad1_hora ad1_user ad1_vend ad1_prospe ad1_lojpro
        ad1_codcli ad1_lojcli ad1_proven ad1_stage ad1_prior ad1_status ad1_fcs ad1_fci ad1_encerr
        ad1_comuni ad1_canal ad1_tpcamp ad1_chvcam ad1_numorc ad1_propos ad1_msblql
    """,
    "raw_protheus.aij": """
        company_group aij_filial aij_nropor aij_revisa aij_proven aij_stage aij_hrinic aij_hrlimi aij_hrence
        aij_histor aij_status
    """,
    "raw_protheus.sys_company": """
        company_group m0_codigo m0_codfil m0_filial m0_nome m0_nomecom m0_cgc m0_estcob m0_cidcob
    """,
    "raw_protheus.customer_identifiers": "company_group branch customer_code store kind reject_reason",
    "raw_agreement.versions": "agreement_version agreement_hash calendar_hash consent_unknown",
    "raw_agreement.clauses": """
        agreement_version clause_id clause_kind area title_pt title_en applies_to temperature subject_type
        starts_at stops_at clock spacing_clock attempt_instant fallback measure
    """,
    "raw_agreement.cadence_steps": "agreement_version clause_id channel",
    "raw_agreement.clause_reasons": "agreement_version clause_id reason_code",
    "raw_agreement.clause_fields": "agreement_version clause_id field",
    "raw_agreement.clause_forms": "agreement_version clause_id conversion_identifier",
    "raw_agreement.mql_criteria": "agreement_version rule value",
    "raw_agreement.hot_signals": "agreement_version conversion_identifier",
    "raw_agreement.reasons": "agreement_version reason_code title_pt title_en next_step return_identifier flow_id",
    "raw_agreement.reason_labels": "source_system label reason_code",
    "raw_agreement.stage_map": "source_system pipeline stage funnel_stage",
    "raw_agreement.channel_map": "traffic_source traffic_medium channel",
    "raw_agreement.monthly_costs": "month",
    "raw_agreement.targets": "agreement_version metric direction unit",
    "raw_agreement.warning_thresholds": "agreement_version sign",
    "raw_agreement.icp": "agreement_version facet value",
    "raw_agreement.score_rules": "agreement_version rule_id part title_pt title_en kind field value",
    "raw_agreement.score_bands": "agreement_version band",
    "raw_agreement.shared_goals": "agreement_version goal_id title_pt title_en measure",
    "raw_agreement.glossary": "term_pt term_en meaning_pt meaning_en",
    "raw_agreement.routing_rules": "agreement_version title_pt title_en mode",
    "raw_agreement.routing_conditions": "agreement_version condition value",
    "raw_agreement.routing_sellers": "agreement_version",
    "raw_agreement.routing_slots": "agreement_version roster",
    "raw_agreement.waivers": "waiver_id clause_id handoff_id",
    "raw_agreement.identity_merges": "node merge_group",
    "raw_agreement.identity_splits": "node party",
    "raw_agreement.company_merges": "node merge_group",
    "raw_agreement.company_splits": "node party",
    "raw_agreement.restatements": "agreement_version old_hash new_hash",
    "raw_agreement.months": "agreement_version calendar_zone month",
    "raw_agreement.calendar_assignments": "agreement_version scope calendar_hash",
    "raw_agreement.calendar_absences": "base_calendar_hash calendar_hash",
    "raw_agreement.calendar_days": "calendar_hash",
    "raw_ledger.verdicts": """
        verdict_id clause_id subject_type subject_id agreement_version agreement_hash verdict reason
    """,
    "raw_files.handoffs": "handoff_key channel landing_page campaign segment temperature reason",
    "raw_files.attempts": "attempt_key handoff_key channel outcome",
    "raw_files.deals": "deal_key handoff_key company_key segment",
    "raw_files.movements": "movement_key company_key kind currency status",
    "raw_files.rd_station_contacts": """
        contact_uuid state lifecycle_stage legal_status first_source first_medium last_source last_medium file_name
    """,
    "raw_files.rd_station_identifiers": "contact_uuid kind reject_reason",
    "raw_files.crm_contacts": "contact_id integration_id file_name",
    "raw_files.crm_identifiers": "contact_id kind reject_reason",
    "raw_media_cost.daily": """
        platform account_id campaign_ref campaign_name time_zone channel currency original_currency file_name file_hash
    """,
    "raw_media_cost.links": "platform account_id campaign_ref campaign_name campaign match_rule",
    "raw_media_cost.files": "platform account_id file_name file_hash",
    "raw_deliveries.outbox": """
        delivery_id sync destination subject_id occurrence handoff_id state refusal_reason reason_code
    """,
    "raw_inbox.events": """
        system event_type event_key contact_uuid event_identifier lifecycle_stage deal_id deal_status
        deal_stage_id deal_user_id object_kind object_id change_kind merged_ids
    """,
    # Every schema has one; keys that look like an address are hashes there (ingestion/files), reasons quote no value.
    "*.quarantine": "source_table record_key column_name reason file_name",
}
