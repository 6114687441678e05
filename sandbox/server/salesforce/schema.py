"""Objects, their fields and types: what queries accept and `describe` tells are one list."""

from typing import Any

ID_FIELDS = "Id:id "
AUDIT = " IsDeleted:boolean CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime"
HISTORY = "Field DataType OldValue NewValue CreatedById:id CreatedDate:datetime IsDeleted:boolean"
_OBJECTS = {
    "User": "Username Email Name FirstName LastName IsActive:boolean UserType UserRoleId:id UserRole.Name Department "
    "TimeZoneSidKey SystemModstamp:datetime",
    "Group": "Name DeveloperName Type SystemModstamp:datetime",
    "RecordType": "Name DeveloperName SobjectType IsActive:boolean SystemModstamp:datetime",
    "LeadStatus": "ApiName MasterLabel IsConverted:boolean IsDefault:boolean SortOrder:int",
    "OpportunityStage": "ApiName MasterLabel IsActive:boolean IsClosed:boolean IsWon:boolean DefaultProbability:percent "
    "ForecastCategoryName SortOrder:int",
    "Account": "Name Website Industry Type Rating BillingCity BillingState BillingCountry OwnerId:id MasterRecordId:id "
    "CNPJ__c" + AUDIT,
    "Contact": "AccountId:id FirstName LastName Name Email Phone MobilePhone Title LeadSource OwnerId:id MasterRecordId:id "
    "HasOptedOutOfEmail:boolean DoNotCall:boolean CPF__c RD_UUID__c" + AUDIT,
    "Lead": "FirstName LastName Name Company Title Email Phone MobilePhone Website Industry City State LeadSource Status "
    "Rating:picklist OwnerId:id IsUnreadByOwner:boolean IsConverted:boolean ConvertedDate:date ConvertedAccountId:id "
    "ConvertedContactId:id ConvertedOpportunityId:id MasterRecordId:id HasOptedOutOfEmail:boolean DoNotCall:boolean "
    "Nota_do_Vendedor__c:double Motivo_Desqualificacao__c:picklist Veio_do_RD_Station__c:boolean CNPJ__c CPF__c RD_UUID__c"
    + AUDIT,
    "Opportunity": "AccountId:id ContactId:id Name StageName Amount:currency Probability:percent CloseDate:date "
    "IsClosed:boolean IsWon:boolean Type LeadSource NextStep LastStageChangeDate:datetime OwnerId:id CampaignId:id "
    "Campaign.Name RecordTypeId:id Valor_Mensal__c:currency Nota_do_Vendedor__c:double Motivo_da_Perda__c:picklist "
    "Veio_do_RD_Station__c:boolean Pedido_ERP__c Oportunidade_Origem__c:id" + AUDIT,
    "OpportunityHistory": "OpportunityId:id StageName Amount:currency Probability:percent CloseDate:date CreatedById:id "
    "CreatedDate:datetime SystemModstamp:datetime IsDeleted:boolean",
    "OpportunityFieldHistory": "OpportunityId:id " + HISTORY,
    "LeadHistory": "LeadId:id " + HISTORY,
    "OpportunityContactRole": "OpportunityId:id ContactId:id Role IsPrimary:boolean" + AUDIT,
    "Task": "Subject Status Priority ActivityDate:date CompletedDateTime:datetime IsClosed:boolean TaskSubtype Type CallType "
    "CallDisposition CallDurationInSeconds:int WhoId:id WhatId:id AccountId:id OwnerId:id IsArchived:boolean" + AUDIT,
    "Event": "Subject Type EventSubtype StartDateTime:datetime EndDateTime:datetime ActivityDate:date "
    "DurationInMinutes:int IsAllDayEvent:boolean WhoId:id WhatId:id AccountId:id OwnerId:id IsChild:boolean "
    "IsArchived:boolean" + AUDIT,
}  # fmt: skip
FIELDS: dict[str, dict[str, str]] = {
    name: {word.partition(":")[0]: word.partition(":")[2] or "string" for word in (ID_FIELDS + words).split()}
    for name, words in _OBJECTS.items()
}
BLANK: dict[str, dict[str, Any]] = {name: dict.fromkeys(fields) for name, fields in FIELDS.items()}
TRACKED = {"LeadHistory", "OpportunityFieldHistory"}
