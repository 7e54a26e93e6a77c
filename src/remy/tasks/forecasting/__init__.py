"""The next steps of series: train, forecast, backtest."""

from remy.tasks.forecasting.estimator import Forecaster

__all__ = ["Forecaster"]
