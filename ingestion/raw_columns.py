"""The columns of every raw table, by schema and table: `name:type`, text where no type is said.

`ingestion.tables` turns them into specifications; provenance columns are added there.
"""

from __future__ import annotations

from ingestion.protheus_columns import PROTHEUS_COLUMNS, UNNUMBERED

QUARANTINE = "source_table record_key column_name reason file_name line_no:int"
_HUBSPOT_RECORD = """pipeline_id stage_id owner_id owner_changed:bool rating:int reason_id reason_name
    from_marketing:bool campaign_name source_name company_id created_at:timestamp updated_at:timestamp
    closed_at:timestamp observed_at:timestamp is_deleted:bool merged_into"""
_IDENTIFIERS = "kind value reject_reason position:int"

COLUMNS: dict[str, dict[str, str]] = {
    "raw_rd_station": {
        "contacts": """contact_uuid name job_title city state created_at:timestamp
            legal_category legal_type legal_status tags is_deleted:bool""",
        "contact_identifiers": f"contact_uuid {_IDENTIFIERS}",
        "contact_legal_bases": "contact_uuid category type status position:int",
        "contact_fields": "contact_uuid field value",
        "segmentation_contacts": "segment_id contact_uuid created_at:timestamp last_conversion_at:timestamp",
        "funnels": """contact_uuid lifecycle_stage opportunity:bool contact_owner_email fit:int interest:int
            observed_at:timestamp""",
        "conversions": """contact_uuid event_type event_identifier occurred_at:timestamp traffic_source
            traffic_medium traffic_campaign traffic_value filled_fields event_key""",
        "assets": "asset_kind asset_id name identifier status created_at:timestamp updated_at:timestamp",
    },
    "raw_rd_station_crm": {
        "deals": """deal_id amount_monthly:decimal amount_unique:decimal amount_total:decimal rating:int win:bool
            hold:bool status stage_id pipeline_id user_id user_changed:bool organization_id campaign_name
            source_name lost_reason_id lost_reason_name from_rdsm_integration:bool parent_deal_id erp_order
            created_at:timestamp updated_at:timestamp closed_at:timestamp observed_at:timestamp is_deleted:bool""",
        "deal_stage_visits": "deal_id visit_id stage_id start_at:timestamp end_at:timestamp",
        "deal_contacts": "deal_id contact_id position:int",
        "contacts": """contact_id name job_title organization_id integration_id created_at:timestamp
            updated_at:timestamp is_deleted:bool""",
        "contact_identifiers": f"contact_id {_IDENTIFIERS}",
        "organizations": """organization_id name cnpj cnpj_root domain segment state created_at:timestamp
            updated_at:timestamp""",
        "tasks": """task_id deal_id type done:bool done_at:timestamp due_at:timestamp created_at:timestamp
            user_id""",
        "users": "user_id name email active:bool team_name",
        "stages": "stage_id stage_name stage_order:int pipeline_id pipeline_name",
        "lost_reasons": "reason_id name",
    },
    "raw_pipedrive": {
        # `fingerprint`: of what landed, so that a row is landed again only when something of it changed.
        "deals": """deal_id source_lead_id person_id organization_id user_id pipeline_id stage_id status lost_reason_name
            amount_total:decimal amount_monthly:decimal rating:int erp_order parent_deal_id campaign_name source_name
            from_marketing:bool is_archived:bool created_at:timestamp updated_at:timestamp stage_changed_at:timestamp
            closed_at:timestamp observed_at:timestamp is_deleted:bool history_key fingerprint""",
        "leads": """lead_id person_id organization_id user_id source_deal_id lost_reason_name temperature amount_total:decimal
            rating:int erp_order parent_deal_id campaign_name source_name from_marketing:bool is_archived:bool
            archived_at:timestamp created_at:timestamp updated_at:timestamp observed_at:timestamp is_deleted:bool fingerprint""",
        "deal_histories": "deal_id history_key stage_changed_at:timestamp read_at:timestamp is_deleted:bool",
        "deal_stage_visits": "deal_id visit_id stage_id start_at:timestamp end_at:timestamp",
        "deal_states": "deal_id position:int user_id rating:int started_at:timestamp",
        "contacts": """contact_id name job_title organization_id integration_id created_at:timestamp
            updated_at:timestamp is_deleted:bool fingerprint""",
        "contact_identifiers": f"contact_id {_IDENTIFIERS}",
        "organizations": """organization_id name cnpj cnpj_root domain segment state created_at:timestamp
            updated_at:timestamp fingerprint""",
        "activities": """activity_id deal_id lead_id type outcome done:bool done_at:timestamp due_at:timestamp
            created_at:timestamp updated_at:timestamp user_id is_deleted:bool fingerprint""",
        "call_logs": "call_log_id activity_id outcome fingerprint",
        "users": "user_id name email active:bool team_name",
        "stages": "stage_id stage_name stage_order:int pipeline_id pipeline_name",
        "lead_labels": "label_id name",
    },
    "raw_salesforce": {
        # A lead's own person and company stand in contacts and organizations; `converted_to` names what came of them.
        "users": "user_id name email active:bool team_name is_queue:bool",
        "stages": "stage_id stage_name stage_order:int pipeline_id pipeline_name is_closed:bool",
        "lost_reasons": "reason_id name",
        "leads": """lead_id status rating:int owner_id from_marketing:bool source_name lost_reason is_converted:bool
            is_lost:bool converted_opportunity_id converted_contact_id master_record_id created_at:timestamp
            updated_at:timestamp observed_at:timestamp is_deleted:bool""",
        "opportunities": """opportunity_id organization_id contact_id stage_name record_type_id amount_total:decimal
            amount_monthly:decimal rating:int owner_id is_closed:bool is_won:bool from_marketing:bool source_name
            campaign_name lost_reason parent_id erp_order last_stage_change_at:timestamp created_at:timestamp
            updated_at:timestamp observed_at:timestamp is_deleted:bool""",
        "opportunity_history": "history_id opportunity_id stage_name created_at:timestamp",
        "field_history": "history_id record_id field old_value new_value created_at:timestamp",
        "opportunity_contact_roles": """role_id opportunity_id contact_id is_primary:bool created_at:timestamp
            updated_at:timestamp is_deleted:bool""",
        "contacts": """contact_id name job_title organization_id integration_id converted_to master_record_id
            created_at:timestamp updated_at:timestamp is_deleted:bool""",
        "contact_identifiers": f"contact_id {_IDENTIFIERS}",
        "organizations": """organization_id converted_to name cnpj cnpj_root domain segment state created_at:timestamp
            updated_at:timestamp is_deleted:bool""",
        "tasks": """task_id who_id what_id type done:bool outcome done_at:timestamp due_at:timestamp
            created_at:timestamp updated_at:timestamp user_id is_deleted:bool""",
    },
    "raw_hubspot": {
        "owners": "owner_id name email active:bool team_name",
        "stages": """record_kind stage_id stage_name stage_order:int pipeline_id pipeline_name is_closed:bool
            is_won:bool lead_state""",
        "lost_reasons": "reason_id name",
        "companies": """company_id name cnpj cnpj_root domain segment state created_at:timestamp
            updated_at:timestamp is_deleted:bool merged_into""",
        "contacts": """contact_id name job_title company_id integration_id created_at:timestamp
            updated_at:timestamp is_deleted:bool merged_into""",
        "contact_identifiers": f"contact_id {_IDENTIFIERS}",
        "leads": f"lead_id deal_id {_HUBSPOT_RECORD}",
        "deals": f"""deal_id amount:decimal amount_recurring:decimal is_won:bool erp_order parent_deal_id
            {_HUBSPOT_RECORD}""",
        "lead_contacts": "lead_id contact_id position:int",
        "deal_contacts": "deal_id contact_id position:int",
        "stage_visits": """record_kind record_id visit_id stage_id start_at:timestamp end_at:timestamp""",
        "record_changes": "record_kind record_id owner_id rating:int changed_at:timestamp",
        "activities": """activity_id object_kind lead_id deal_id type is_done:bool outcome done_at:timestamp
            due_at:timestamp created_at:timestamp updated_at:timestamp owner_id is_deleted:bool""",
    },
    "raw_protheus": {
        # Control columns come first: group (the table suffix's company), R_E_C_N_O_, D_E_L_E_T_, S_T_A_M_P_.
        table: (
            "company_group "
            + ("" if table in UNNUMBERED else "recno:int is_deleted:bool stamped_at:timestamp ")
            + columns
        )
        for table, columns in PROTHEUS_COLUMNS.items()
    },
    "raw_agreement": {
        "versions": """agreement_version agreement_hash calendar_hash effective_from:timestamp signed_marketing
            signed_sales inactivity_days:int consent_unknown hot_interest_min:int hot_signal_days:int
            return_at_most:int return_cooling_off_seconds:int""",
        "clauses": """agreement_version clause_id clause_kind area title_pt title_en applies_to temperature subject_type
            starts_at earlier_contact:bool stops_at clock limit_seconds:int spacing_seconds:int spacing_clock
            pause_owner_absent:bool attempt_instant fallback measure minimum:decimal4""",
        "cadence_steps": "agreement_version clause_id step_no:int channel",
        "clause_reasons": "agreement_version clause_id reason_code",
        "clause_fields": "agreement_version clause_id field",
        "clause_forms": "agreement_version clause_id conversion_identifier",
        "mql_criteria": "agreement_version criterion_no:int rule minimum:int value",
        "hot_signals": "agreement_version conversion_identifier",
        "reasons": "agreement_version reason_code title_pt title_en next_step return_identifier flow_id",
        "reason_labels": "source_system label reason_code",
        "stage_map": "source_system pipeline stage funnel_stage",
        "channel_map": "traffic_source traffic_medium channel",
        "monthly_costs": "month sales_cost:decimal marketing_cost:decimal gross_margin:decimal4",
        "targets": "agreement_version metric target:decimal4 direction unit",
        "warning_thresholds": "agreement_version sign threshold:decimal4",
        "icp": "agreement_version facet value",
        "score_rules": """agreement_version rule_id part title_pt title_en kind field value minimum:int within_days:int
            points:int""",
        "score_bands": "agreement_version band from_points:int",
        "shared_goals": """agreement_version goal_id title_pt title_en measure minimum:decimal
            marketing_bonus_share:decimal4 sales_bonus_share:decimal4 pays_from:decimal4""",
        "glossary": "term_pt term_en meaning_pt meaning_en",
        "routing_rules": """agreement_version rule_no:int title_pt title_en mode grace_seconds:int skip_absent:bool
            portfolio:bool""",
        "routing_conditions": "agreement_version rule_no:int condition value",
        "routing_sellers": "agreement_version rule_no:int seller_email weight:int capacity:int",
        # One row per slot of a rule's wheel, for each stretch of time with the same sellers present.
        "routing_slots": """agreement_version rule_no:int from_at:timestamp until_at:timestamp roster slots:int slot_no:int
            seller_email capacity:int is_limited:bool""",
        "waivers": """waiver_id clause_id handoff_id seller_email from_at:timestamp until_at:timestamp reason
            approved_by approved_on:date""",
        "identity_merges": "node merge_group reason decided_by decided_on:date",
        "identity_splits": "split_no:int node party reason decided_by decided_on:date",
        "company_merges": "node merge_group reason decided_by decided_on:date",
        "company_splits": "split_no:int node party reason decided_by decided_on:date",
        "absences": "seller_email from_at:timestamp until_at:timestamp reason",
        "restatements": "agreement_version old_hash new_hash reason restated_by restated_at:timestamp",
        "months": "agreement_version calendar_zone month starts_at:timestamp ends_at:timestamp",
        "calendar_assignments": "agreement_version scope key calendar_hash",
        "calendar_absences": "seller_email base_calendar_hash calendar_hash",
        "calendar_days": """calendar_hash utc_date:date i1_start:int i1_end:int i2_start:int i2_end:int
            i3_start:int i3_end:int i4_start:int i4_end:int cum_before:int working_seconds:int""",
    },
    "raw_ledger": {
        # Verdicts as they were published, append-only; written by the publish step, never by a reader.
        "verdicts": """verdict_id clause_id subject_type subject_id agreement_version agreement_hash verdict reason
            due_at:timestamp met_at:timestamp elapsed_seconds:int business_seconds:int known_at:timestamp""",
    },
    "raw_files": {
        "handoffs": """handoff_key person_key seller_key mql_on:date mql_at:timestamp channel landing_page campaign
            segment temperature assigned_at:timestamp accepted_at:timestamp sql_at:timestamp
            opportunity_at:timestamp proposal_at:timestamp rejected_at:timestamp lost_at:timestamp reason rating:int
            closed_at:timestamp""",
        "attempts": """attempt_key handoff_key seller_key channel outcome occurred_at:timestamp
            logged_at:timestamp""",
        "deals": "deal_key handoff_key won_at:timestamp won_on:date seller_key company_key segment",
        "movements": """movement_key company_key kind amount:decimal currency occurred_on:date is_sample:bool
            status""",
        # Contacts of RD Station and of the CRM as an exported list has them. `is_alias`: the key is a hash of the e-mail.
        "rd_station_contacts": """contact_uuid is_alias:bool name job_title city state created_at:timestamp
            lifecycle_stage contact_owner_email interest:int legal_status tags conversions:int
            first_conversion_at:timestamp first_source first_medium last_conversion_at:timestamp last_source last_medium
            opportunity_at:timestamp observed_at:timestamp file_name""",
        "rd_station_identifiers": f"contact_uuid {_IDENTIFIERS}",
        "crm_contacts": """contact_id is_alias:bool name job_title integration_id created_at:timestamp
            updated_at:timestamp observed_at:timestamp file_name""",
        "crm_identifiers": f"contact_id {_IDENTIFIERS}",
    },
    "raw_media_cost": {
        # Days as each export says them; staging keeps the latest export's. Amounts in the company's currency and as billed.
        "daily": """platform account_id campaign_ref campaign_name spent_on:date time_zone channel amount:decimal currency
            original_amount:decimal original_currency impressions:int clicks:int is_partial:bool exported_at:timestamp
            file_name file_hash""",
        # Every campaign of every platform with the RD Station campaign it is; each load that changes one writes all.
        "links": "platform account_id campaign_ref campaign_name campaign match_rule",
        # One row per file read: what its lines add up to, and what it says itself that they do.
        "files": """platform account_id file_name file_hash first_day:date last_day:date lines:int quarantined:int
            total_amount:decimal stated_total:decimal exported_at:timestamp""",
    },
    "raw_deliveries": {
        "outbox": """delivery_id sync destination subject_id occurrence handoff_id state attempts:int
            happened_at:timestamp planned_at:timestamp sent_at:timestamp delivered_at:timestamp confirmed_at:timestamp refusal_reason
            reason_code value:decimal updated_seq:int""",
    },
    "raw_inbox": {
        "events": """inbox_seq:int system event_type event_key occurred_at:timestamp received_at:timestamp
            contact_uuid event_identifier lifecycle_stage opportunity:bool fit:int interest:int deal_id
            deal_status deal_stage_id deal_user_id object_kind object_id change_kind merged_ids""",
    },
}
