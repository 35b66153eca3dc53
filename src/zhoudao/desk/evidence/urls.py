from django.urls import path

from zhoudao.desk.evidence.views import files, layouts, ledger

app_name = "evidence"
CASE = "<str:number>"
urlpatterns = [
    path(f"{CASE}/evidence/", files.files, name="files"),
    path(f"{CASE}/evidence/upload/", files.upload, name="upload"),
    path(f"{CASE}/evidence/clean/", files.clean, name="clean"),
    path(f"{CASE}/evidence/cancel/", files.cancel, name="cancel"),
    path(f"{CASE}/evidence/progress/", files.progress, name="progress"),
    path(f"{CASE}/evidence/sample-files/", files.sample_files, name="sample_files"),
    path(f"{CASE}/evidence/refused/", files.refused, name="refused"),
    path(f"{CASE}/evidence/breaks/", files.breaks, name="breaks"),
    path(f"{CASE}/evidence/file/<int:file_id>/", files.file_, name="file"),
    path(f"{CASE}/evidence/file/<int:file_id>/layout/", layouts.layout, name="layout"),
    path(f"{CASE}/evidence/file/<int:file_id>/raw/", files.raw, name="raw"),
    path(f"{CASE}/ledger/", ledger.rows, name="ledger"),
    path(f"{CASE}/ledger/ask/", ledger.ask, name="ask"),
    path(f"{CASE}/ledger/rows.csv", ledger.export, name="export"),
    path(f"{CASE}/ledger/row/<str:transfer_id>/", ledger.row, name="row"),
    path(f"{CASE}/ledger/pivot/", ledger.pivot, name="pivot"),
    path(f"{CASE}/ledger/accounts/", ledger.accounts, name="accounts"),
    path(f"{CASE}/ledger/next-round/", ledger.next_round, name="next_round"),
    path(f"{CASE}/ledger/next-round.csv", ledger.next_round_csv, name="next_round_csv"),
    path(f"{CASE}/ledger/<str:kind>/<str:ref>/", ledger.profile, name="profile"),
]
