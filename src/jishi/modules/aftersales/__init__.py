"""After-sales 售后."""
