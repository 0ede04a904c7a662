"""xqg.training"""
