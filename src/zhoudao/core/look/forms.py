"""How forms are drawn: ``{{ form }}`` in any template gives the summary of errors and every field in our
markup.
"""

from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy


class Renderer(DjangoTemplates):
    """Django's own widgets, inside our form and field templates."""

    form_template_name = "look/forms/form.html"
    field_template_name = "look/forms/field.html"


DJANGO_SAYS = (
    gettext_lazy("This field is required."),
    gettext_lazy("Enter a valid value."),
    gettext_lazy("Enter a valid date."),
    gettext_lazy("Enter a valid time."),
    gettext_lazy("Enter a whole number."),
    gettext_lazy("Select a valid choice. That choice is not one of the available choices."),
    gettext_lazy("The submitted file is empty."),
)
"""Django's own messages that our catalogue says again, more kindly: a room's translation comes before
Django's.
"""
