"""How forms are drawn: ``{{ form }}`` in any template gives the summary of errors and every field in our markup."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Django's own widgets, inside our form and field templates."""

    form_template_name = "look/forms/form.html"
    field_template_name = "look/forms/field.html"
