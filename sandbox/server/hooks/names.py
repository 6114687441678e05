"""Event names of CRM webhooks (rd_station.md B4). v1 has no `crm_task_deleted`."""

CRM_EVENTS = (
    *(
        f"crm_{entity}_{action}"
        for entity in ("deal", "contact", "organization", "product", "campaign", "source", "lost_reason")
        for action in ("created", "updated", "deleted")
    ),
    "crm_task_created",
    "crm_task_updated",
    "crm_task_deleted",
)
