"""The page of components and the error pages, in both languages, on a phone and at a desk, light and dark."""

import pytest

pytestmark = pytest.mark.browser
SIZES = ["phone", "desk"]
LANGUAGES = ["zh-hans", "en"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("frame", ["page", "staff"])
def test_every_component_is_accessible(visit, assert_accessible, screenshot, size, language, theme, frame):
    page = visit(f"/look?frame={frame}", size=size, language=language, theme=theme)
    assert_accessible(page)
    screenshot(page, f"look-{frame}-{size}-{language}-{theme}")


def test_a_kiosk_page_has_room_for_gloves(visit, assert_accessible, screenshot):
    page = visit("/look?frame=kiosk", size="kiosk")
    assert_accessible(page)
    screenshot(page, "look-kiosk")
    heights = page.eval_on_selector_all(
        ".button:not(.link):not(.icon-only)",
        "all => all.filter(e => e.offsetParent).map(e => e.offsetHeight)",
    )
    assert heights
    assert min(heights) >= 80


@pytest.mark.parametrize("size", SIZES)
def test_whatever_can_be_pressed_is_large_enough(visit, size):
    page = visit("/look", size=size)
    small = page.eval_on_selector_all(
        "button, .button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea,"
        " .tabs a, .pagination a, .common a, .crumbs a, .page-header :is(a, button), .page-footer a",
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)"
        ".map(e => e.outerHTML)",
    )
    assert small == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_accessible(visit, assert_accessible, screenshot, size, language):
    page = visit("/nothing-here", size=size, language=language)
    assert_accessible(page)
    screenshot(page, f"refused-404-{size}-{language}")


def test_the_reader_changes_language_and_stays(visit):
    page = visit("/look?page=2", language="zh-hans")
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/look?page=2")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="Buttons").is_visible()


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(visit):
    page = visit("/look")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["y"] >= 0
    outline = skip.evaluate("e => getComputedStyle(e).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_dialog_opens_holds_the_focus_and_gives_it_back(visit, assert_accessible):
    page = visit("/look", language="en")
    page.locator("[data-opens=cancel-it]").click()
    dialog = page.get_by_role("dialog", name="Cancel the appointment?")
    assert dialog.is_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.dataset.opens") == "cancel-it"


def test_a_staff_menu_folds_on_a_phone(visit):
    page = visit("/look?frame=staff", size="phone", language="en")
    button = page.get_by_role("button", name="Menu")
    menu = page.locator("#staff-menu")
    assert not menu.is_visible()
    button.click()
    assert menu.is_visible()
    assert button.get_attribute("aria-expanded") == "true"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_of_a_resident_is_one_line_on_a_phone_and_opens_by_keyboard(
    visit, assert_accessible, screenshot, language
):
    page = visit("/", role="resident", size="phone", language=language)
    header, brand, menu = (
        page.locator(which).bounding_box() for which in (".page-header", ".brand", ".page-menu > summary")
    )
    assert header["height"] <= 66
    assert brand["y"] < menu["y"] + menu["height"] / 2 < brand["y"] + brand["height"]
    links = page.locator(".page-menu > .page-links")
    assert not links.is_visible()
    for _ in range(3):  # past the skip link and the brand
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert links.is_visible()
    assert page.locator(".page-header").bounding_box()["height"] == header["height"]
    assert links.locator("a, button").count() == 3
    assert_accessible(page)
    screenshot(page, f"header-menu-{language}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.pathname") == links.locator("a").evaluate("e => e.pathname")


def test_the_links_of_a_resident_stand_in_the_header_of_a_wide_page(visit):
    page = visit("/", role="resident", language="en")
    assert page.get_by_role("link", name="My page").is_visible()
    assert not page.locator(".page-menu").is_visible()
    assert page.locator(".page-header").bounding_box()["height"] <= 66


def test_a_table_becomes_cards_that_name_their_columns(visit):
    page = visit("/look", size="phone", language="en")
    cell = page.locator("#tables td.number").first
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") == '"Fee"'
    assert page.locator("#tables thead").first.bounding_box()["height"] <= 1


def test_nothing_moves_for_readers_who_ask_for_stillness(visit):
    page = visit("/look")
    moving = page.eval_on_selector_all(
        "*", "all => all.filter(e => getComputedStyle(e).animationName !== 'none').map(e => e.className)"
    )
    assert moving == []


def test_colours_forced_by_the_system_leave_everything_visible(visit, assert_accessible):
    page = visit("/look", forced_colors="active")
    assert_accessible(page)
    assert page.locator(".badge").first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"


def test_on_paper_there_are_no_controls(visit):
    page = visit("/look", language="en")
    page.emulate_media(media="print")
    for gone in (".page-links", ".button", ".search", ".pagination", "#tabs .tabs"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".checklist").first.is_visible()
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"


def test_htmx_shows_a_refusal_on_the_page_it_was_asked_from(visit, watch):
    watch.expect("Response Status Error Code 404")
    page = visit("/look", language="en")
    page.evaluate("htmx.ajax('GET', '/nothing-here', {target: '#words', swap: 'innerHTML'})")
    notice = page.locator("#refusal .notice-danger")
    notice.wait_for()
    assert "There is no page at this address" in notice.inner_text()
    assert page.locator("#words h2").inner_text() == "Text"


def test_no_network_is_said_in_the_pages_own_words(visit, watch):
    watch.expect("htmx:")
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visit("/look", language="en")
    page.context.set_offline(True)
    page.evaluate("htmx.ajax('GET', '/look', {target: '#words'}).catch(() => {})")
    notice = page.locator("#refusal .notice-danger")
    notice.wait_for()
    assert "What you entered is still on this page" in notice.inner_text()


def test_the_map_library_draws_under_our_policy(visit, house):
    """MapLibre and its worker load from our origin and draw, with the strict policy in force."""
    page = visit("/look")
    drawn = page.evaluate(
        """async (folder) => {
          document.body.insertAdjacentHTML('beforeend', '<div id="sea" class="map"></div>');
          const maplibre = await import(folder + 'maplibre-gl.mjs');
          const corners = [[122, 29.9], [122.4, 29.9], [122.4, 30.1], [122, 30.1], [122, 29.9]];
          const square = {type: 'Polygon', coordinates: [corners]};
          const map = new maplibre.Map({
            container: 'sea', center: [122.2, 30], zoom: 9, attributionControl: false,
            style: {version: 8, sources: {land: {type: 'geojson', data: square}},
                    layers: [{id: 'land', type: 'fill', source: 'land', paint: {}}]},
          });
          await new Promise((done, failed) => {
            map.once('idle', done);
            map.on('error', (event) => failed(event.error));
          });
          return map.queryRenderedFeatures({layers: ['land']}).length;
        }""",
        "/static/vendor/maplibre-gl-6.17.0/",
    )
    assert drawn > 0
    assert page.workers
    assert [
        worker.url for worker in page.workers if not worker.url.startswith(f"{house}/static/vendor/")
    ] == []
