"""VAT invoices, customs declarations and export refunds: who sells what is not there, and who is paid for it."""
