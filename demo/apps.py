from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Only the commands that make the demo's catalogue: `prepare_demo` and `render_sample`."""

    name = "demo"
    verbose_name = "Demo"
