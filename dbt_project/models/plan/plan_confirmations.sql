-- What the push-back may close: deliveries that the outside was seen to have recorded.
select sync, delivery_id, confirmed_at from {{ ref('int_delivery_confirmations') }}
