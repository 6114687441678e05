"""Who sends webhooks: one module per sender turns its bodies into rows of the inbox and drops what is personal."""
