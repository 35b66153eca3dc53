from django.urls import path

from zhoudao.desk.money.views import graph, returns, rings, start, traces

app_name = "money"
CASE = "<str:number>/money"
urlpatterns = [
    path(f"{CASE}/", start.start, name="start"),
    path(f"{CASE}/graph/", graph.graph, name="graph"),
    path(f"{CASE}/graph/link/", graph.link, name="link"),
    path(f"{CASE}/graph/picture/<str:kind>/", graph.picture, name="graph_picture"),
    path(f"{CASE}/trace/", traces.trace, name="trace"),
    path(f"{CASE}/trace/picture/<str:kind>/", traces.picture, name="trace_picture"),
    path(f"{CASE}/return/", returns.returning, name="return"),
    path(f"{CASE}/return/table/", returns.table, name="return_table"),
    path(f"{CASE}/rings/", rings.rings, name="rings"),
    path(f"{CASE}/rings/<int:finding>/", rings.ring, name="ring"),
    path(f"{CASE}/rings/<int:finding>/picture/<str:kind>/", rings.picture, name="ring_picture"),
    path(f"{CASE}/views/save/", start.save, name="save"),
    path(f"{CASE}/views/<int:view>/", start.view, name="view"),
    path(f"{CASE}/views/<int:view>/remove/", start.remove, name="remove"),
]
