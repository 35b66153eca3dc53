from django.urls import path

from zhoudao.counter.applications.views import applying, cases, figures, mine

app_name = "applications"
urlpatterns = [
    path("apply/<str:code>/", applying.start, name="start"),
    path("apply/draft/<str:uid>/save/", applying.save, name="save"),
    path("apply/draft/<str:uid>/drop/", applying.drop, name="drop"),
    path("apply/draft/<str:uid>/check/", applying.check, name="check"),
    path("apply/draft/<str:uid>/question/<str:code>/", applying.question, name="question"),
    path("apply/draft/<str:uid>/paper/<str:material>/", applying.paper, name="paper"),
    path("applications/", mine.mine, name="mine"),
    path("applications/<str:number>/", mine.one, name="own"),
    path("applications/<str:number>/receipt/", applying.receipt, name="receipt"),
    path("applications/<str:number>/answer/", mine.answer, name="answer"),
    path("applications/<str:number>/<str:what>/", mine.change, name="change"),
    path("staff/applications/", figures.figures, name="figures"),
    path("staff/applications/figures.csv", figures.figures_csv, name="figures_csv"),
    path("staff/applications/enter/", cases.enter, name="enter"),
    path("staff/applications/cases/", cases.listed, name="cases"),
    path("staff/applications/cases/<str:number>/", cases.case, name="case"),
    path("staff/applications/cases/<str:number>/<str:verb>/", cases.step, name="step"),
]
