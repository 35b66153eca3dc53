"""What every template may use."""


def house(request):
    return {}
