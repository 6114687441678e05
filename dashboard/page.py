"""The shared page. Started by ``bastao up`` as ``streamlit run dashboard/page.py -- --published FILE …``.

One page for both areas: headline metrics against targets, shared goals, the funnel, reasons for rejection, how each area keeps the
agreement, the signs that it is broken, and who must act now. It opens the published file for each drawing and closes it
again: a snapshot swapped in is seen at the next one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import streamlit as st

from dashboard import agreement, data, goals, sections
from dashboard.formats import Formats
from dashboard.texts import Texts


def arguments() -> argparse.Namespace:
    """Command-line arguments after Streamlit's ``--``."""
    parser = argparse.ArgumentParser(description="The shared page of Bastão.")
    parser.add_argument(
        "--published", type=Path, required=True, help="published/bastao.duckdb of the company"
    )
    parser.add_argument("--company", default="", help="name shown in the title")
    parser.add_argument("--locale", default="pt-BR", help="pt-BR or en")
    parser.add_argument("--time-zone", default="America/Sao_Paulo", help="zone in which instants are shown")
    parser.add_argument("--currency", default="BRL", help="of every amount, as bastao.yaml says")
    return parser.parse_args()


def main() -> None:
    """Draw the page."""
    options = arguments()
    words, formats = Texts(options.locale), Formats(options.locale, options.time_zone, options.currency)
    st.set_page_config(page_title=f"{words('title')} · {options.company}", page_icon="🏃", layout="wide")
    st.title(f"{words('title')} · {options.company}" if options.company else words("title"))
    try:
        with data.snapshot(options.published) as con:
            about = data.publication(con)
            st.caption(f"{words('subtitle')}  \n{words('as_of', as_of=formats.instant(about['as_of']))}")
            sections.headline(con, words, formats)
            sections.warning_signs(con, words, formats)
            goals.shared_goals(con, words, formats)
            left, right = st.columns([1, 1], gap="large")
            with left:
                sections.funnel(con, words, formats)
            with right:
                sections.rejections(con, words, formats)
            agreement.compliance(con, words, formats)
            agreement.waiting(con, words, formats)
            st.divider()
            st.caption(
                words("footer", version=about["version"], published=formats.instant(about["published_at"]))
            )
    except data.NothingPublished:
        st.info(words("empty"))


main()
