from django.urls import path

from zhoudao.counter.windows.booking import views as booking
from zhoudao.counter.windows.figures import views as figures
from zhoudao.counter.windows.views import boards, desks, holding
from zhoudao.counter.windows.whatif import views as whatif

app_name = "windows"
urlpatterns = [
    path("points/<str:code>/ticket/", holding.take, name="take"),
    path("points/<str:code>/board/", boards.board, name="board"),
    path("points/<str:code>/board/events/", boards.events, name="board_events"),
    path("points/<str:code>/book/", booking.book, name="book"),
    path("appointments/<str:code>/", booking.appointment, name="appointment"),
    path("appointments/<str:code>/<str:verb>/", booking.change, name="change_appointment"),
    path("tickets/<str:code>/", holding.ticket, name="ticket"),
    path("tickets/<str:code>/leave/", holding.leave, name="leave"),
    path("staff/windows/", figures.boards, name="boards"),
    path("staff/windows/take/", figures.take, name="take_figures"),
    path("staff/windows/what-if/", whatif.what_if, name="what_if"),
    path("staff/window/", desks.desk, name="desk"),
    path("staff/window/sit/<str:code>/<int:number>/", desks.sit, name="sit"),
    path("staff/window/<str:verb>/", desks.step, name="step"),
]
