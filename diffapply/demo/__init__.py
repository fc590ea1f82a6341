"""The whole story, told on the embedded server: plan, apply, drift, back, and forward again."""

from diffapply.demo.story import run_demo

__all__ = ["run_demo"]
