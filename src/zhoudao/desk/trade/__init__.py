"""False invoices and export refunds inside a case: files in, cases out, their network, layers, rows and reports."""
