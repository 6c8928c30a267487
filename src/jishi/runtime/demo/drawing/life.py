"""Drawings for children, pets, readers and gardeners. `{a}`, `{b}` and `{c}` are the colours a product may choose."""

LIFE: dict[str, str] = {
    "blocks": """
<rect x="84" y="224" width="96" height="96" rx="14" fill="{a}"/><rect x="192" y="224" width="96" height="96" rx="14" fill="{b}"/><rect x="136"
 y="124" width="96" height="96" rx="14" fill="{c}"/><path d="M132 250l26 44h-52z" fill="#fff" opacity=".85"/><circle cx="240" cy="272" r="26"
 fill="#fff" opacity=".85"/><path d="M184 148l7 16 17 2-13 11 4 17-15-9-15 9 4-17-13-11 17-2z" fill="#fff" opacity=".9"/><path d="M184 72l44
 48h-88z" fill="#e2502b"/><path d="M300 320v-40a34 34 0 0 1 60 0v40h-18v-26h-24v26z" fill="#3d8f72"/>""",
    "horse": """
<path d="M80 292c60 36 180 36 240 0" stroke="{c}" stroke-width="17" fill="none" stroke-linecap="round"/><path d="M136 228l-14 76M250 228l18
 76" stroke="{a}" stroke-width="20" stroke-linecap="round"/><path d="M112 216c0-26 20-40 46-40h60c20 0 24-24 34-56 8-24 30-34 54-30l14 20 22
 26c6 12-8 26-22 20l-24-8c-8 8-10 26-12 44-4 36-24 52-60 52h-66c-28 0-46-8-46-28z" fill="{a}"/><path d="M252 118c-20 10-32 40-34 62l-16-4c0-42
 18-84 54-92z" fill="{b}"/><path d="M114 206c-30 2-36 34-22 58 6-22 18-32 32-36z" fill="{b}"/><path d="M158 176h62c0 40-62 40-62 0z" fill="{c}"/>
<circle cx="306" cy="118" r="6" fill="#2f2622"/>""",
    "picture_book": """
<path d="M200 136c-36-24-88-26-128-14v172c40-12 92-10 128 14 36-24 88-26 128-14V122c-40-12-92-10-128 14z" fill="#fffdf7"/><path d="M60 134h12v160c40-12
 92-10 128 14 36-24 88-26 128-14V134h12v176c-44-10-100-6-140 10-40-16-96-20-140-10z" fill="{a}"/><path d="M200 136v172" stroke="#e4dac8"
 stroke-width="5"/><circle cx="120" cy="170" r="20" fill="#f6c453"/><path d="M84 270l38-56 26 34 16-18 24 44c-30-12-70-14-104-4z" fill="{b}"/>
<path d="M224 178h80M224 204h80M224 230h60" stroke="#d9cbb4" stroke-width="8" stroke-linecap="round"/><path d="M268 284c-16-14-28-20-28-32 0-14
 22-18 28-4 6-14 28-10 28 4 0 12-12 18-28 32z" fill="{c}"/>""",
    "bib": """
<path d="M134 96c-10 74 142 74 132 0 46 22 60 74 54 128-8 62-62 92-120 92s-112-30-120-92c-6-54 8-106 54-128z" fill="{a}"/><path d="M98 216c4 52
 50 82 102 82s98-30 102-82" stroke="#fff" stroke-width="6" stroke-dasharray="11 9" fill="none"/><ellipse cx="200" cy="232" rx="46" ry="40"
 fill="{b}"/><circle cx="164" cy="198" r="17" fill="{b}"/><circle cx="236" cy="198" r="17" fill="{b}"/><circle cx="184" cy="226" r="5"
 fill="#3a2a24"/><circle cx="216" cy="226" r="5" fill="#3a2a24"/><ellipse cx="200" cy="246" rx="17" ry="13" fill="#fff6e8"/><circle cx="200"
 cy="241" r="5" fill="#3a2a24"/><circle cx="134" cy="94" r="12" fill="{c}"/><circle cx="266" cy="94" r="12" fill="{c}"/>""",
    "bear": """
<ellipse cx="200" cy="262" rx="80" ry="62" fill="{a}"/><ellipse cx="200" cy="270" rx="48" ry="42" fill="{b}"/><ellipse cx="124" cy="246" rx="27"
 ry="38" fill="{a}" transform="rotate(26 124 246)"/><ellipse cx="276" cy="246" rx="27" ry="38" fill="{a}" transform="rotate(-26 276 246)"/><circle
 cx="136" cy="100" r="32" fill="{a}"/><circle cx="264" cy="100" r="32" fill="{a}"/><circle cx="136" cy="100" r="17" fill="{b}"/><circle cx="264"
 cy="100" r="17" fill="{b}"/><ellipse cx="200" cy="148" rx="88" ry="76" fill="{a}"/><ellipse cx="200" cy="172" rx="40" ry="31" fill="{b}"/><circle
 cx="166" cy="142" r="8" fill="#2f2622"/><circle cx="234" cy="142" r="8" fill="#2f2622"/><ellipse cx="200" cy="160" rx="13" ry="9" fill="#2f2622"/>
<path d="M200 168v10c-6 10-18 8-20 0M200 178c6 10 18 8 20 0" stroke="#2f2622" stroke-width="4" fill="none" stroke-linecap="round"/><circle cx="148"
 cy="306" r="30" fill="{a}"/><circle cx="252" cy="306" r="30" fill="{a}"/><circle cx="148" cy="306" r="15" fill="{b}"/><circle cx="252" cy="306"
 r="15" fill="{b}"/><path d="M200 222l-34-15v32zM200 222l34-15v32z" fill="{c}"/><circle cx="200" cy="223" r="9" fill="{c}"/>""",
    "cat_tree": """
<rect x="94" y="296" width="212" height="24" rx="12" fill="{a}"/><rect x="126" y="168" width="30" height="130" fill="#e6cda0"/><path d="M126
 186h30M126 206h30M126 226h30M126 246h30M126 266h30M126 284h30" stroke="#cda96a" stroke-width="6"/><rect x="246" y="228" width="30" height="70"
 fill="#e6cda0"/><path d="M246 246h30M246 264h30M246 282h30" stroke="#cda96a" stroke-width="6"/><rect x="86" y="150" width="120" height="22" rx="11"
 fill="{a}"/><rect x="212" y="212" width="110" height="22" rx="11" fill="{a}"/><path d="M106 152c-10-44 10-66 22-78l12 14h22l12-14c14 12 32 34
 22 78z" fill="{b}"/><circle cx="138" cy="112" r="5" fill="#2f2622"/><circle cx="164" cy="112" r="5" fill="#2f2622"/><path d="M147 122h8l-4
 5z" fill="#e98b7a"/><path d="M194 146c34 4 34-34 22-46" stroke="{b}" stroke-width="12" fill="none" stroke-linecap="round"/><path d="M288 212v-26"
 stroke="#8a7a68" stroke-width="3"/><circle cx="270" cy="252" r="0"/><circle cx="288" cy="178" r="13" fill="{c}"/>""",
    "pet_bag": """
<path d="M112 92h152l10 26v184a18 18 0 0 1-18 18H120a18 18 0 0 1-18-18V118z" fill="{a}"/><path d="M112 92h152l6 18H106z" fill="#000" opacity=".16"/>
<path d="M102 160h172v104H102z" fill="{b}"/><g fill="{a}"><ellipse cx="188" cy="226" rx="27" ry="21"/><circle cx="154" cy="206" r="11"/><circle
 cx="174" cy="188" r="12"/><circle cx="202" cy="188" r="12"/><circle cx="222" cy="206" r="11"/></g><path d="M252 280h98l-10 30a14 14 0 0 1-14
 10h-50a14 14 0 0 1-14-10z" fill="{c}"/><path d="M258 280c4-24 82-24 86 0z" fill="#a8713c"/><g fill="#8a5728"><circle cx="280" cy="272" r="5"/><circle
 cx="302" cy="266" r="5"/><circle cx="322" cy="274" r="5"/></g>""",
    "pet_bowl": """
<path d="M104 232h192l28 74a10 10 0 0 1-10 14H86a10 10 0 0 1-10-14z" fill="{a}"/><ellipse cx="200" cy="232" rx="98" ry="24" fill="{b}"/><path d="M116
 228c10-48 158-48 168 0 0 24-168 24-168 0z" fill="#b07a42"/><g fill="#8a5728"><circle cx="150" cy="214" r="10"/><circle cx="184" cy="204" r="10"/>
<circle cx="220" cy="208" r="10"/><circle cx="248" cy="220" r="10"/><circle cx="200" cy="226" r="10"/></g><g fill="#fff"><rect x="172" y="272"
 width="56" height="16" rx="8"/><circle cx="172" cy="272" r="11"/><circle cx="172" cy="288" r="11"/><circle cx="228" cy="272" r="11"/><circle cx="228"
 cy="288" r="11"/></g><path d="M148 176c-18-62 14-90 26-100l14 16h26l14-16c14 12 42 40 24 98-30 18-74 18-104 2z" fill="{c}"/><circle cx="186"
 cy="128" r="6" fill="#2f2622"/><circle cx="216" cy="128" r="6" fill="#2f2622"/><path d="M196 140h10l-5 6z" fill="#e98b7a"/>""",
    "leash": """
<path d="M110 132c-44 60 10 150 90 150s116-40 104-92c-8-34-58-36-60-2-2 30 40 44 66 22" stroke="{a}" stroke-width="15" fill="none"
 stroke-linecap="round"/><circle cx="118" cy="122" r="31" fill="none" stroke="{b}" stroke-width="15"/><circle cx="318" cy="204" r="15" fill="none"
 stroke="#8a7a68" stroke-width="7"/><path d="M180 296c-12 0-14-16-4-20 0-12 22-12 22 0h36c0-12 22-12 22 0 10 4 8 20-4 20 4 12-14 20-20
 8h-32c-6 12-24 4-20-8z" fill="{c}"/><g stroke="#fff" opacity=".4" stroke-width="4" stroke-dasharray="9 11" fill="none"><path d="M110 132c-44 60
 10 150 90 150s116-40 104-92"/></g>""",
    "pet_bed": """
<ellipse cx="200" cy="270" rx="142" ry="50" fill="{a}"/><ellipse cx="200" cy="252" rx="110" ry="32" fill="{b}"/><path d="M118 250c0-46 36-66 84-66 50
 0 86 22 84 62-2 28-168 34-168 4z" fill="{c}"/><path d="M126 236c-20-30-6-52-2-64l18 12h26l18-12c6 16 14 36 2 62-20 18-46 18-62 2z" fill="{c}"/>
<path d="M138 212c4 6 10 6 14 0M166 212c4 6 10 6 14 0" stroke="#3a2a24" stroke-width="4" fill="none" stroke-linecap="round"/><path d="M155 222h9l-4
 6z" fill="#e98b7a"/><path d="M214 194c18 4 40 14 52 32" stroke="#000" stroke-opacity=".15" stroke-width="6" fill="none" stroke-linecap="round"/><path
 d="M62 270c30 44 246 44 276 0 4 60-60 68-138 68S58 330 62 270z" fill="{a}"/><g fill="#fff" opacity=".5" font-size="26"><circle cx="252" cy="140"
 r="5"/><circle cx="274" cy="118" r="7"/><circle cx="300" cy="92" r="9"/></g>""",
    "novel": """
<g transform="rotate(-7 180 220)"><rect x="96" y="110" width="150" height="206" rx="9" fill="{a}"/><rect x="96" y="110" width="20" height="206" rx="6"
 fill="#000" opacity=".16"/><circle cx="182" cy="182" r="35" fill="{c}"/><path d="M116 250c24-40 44-40 66-8 16-24 36-24 64 10v54a10 10 0 0 1-10
 10H116z" fill="#000" opacity=".2"/><path d="M140 132h84" stroke="#fff" stroke-width="7" opacity=".85" stroke-linecap="round"/></g><rect x="206"
 y="276" width="144" height="24" rx="5" fill="{b}"/><rect x="214" y="280" width="136" height="15" fill="#fffaf0"/><rect x="196" y="298" width="158"
 height="22" rx="5" fill="{c}"/><path d="M262 276c-2-20 26-22 28 0z" fill="#5c9a3c"/>""",
    "notebook": """
<rect x="104" y="102" width="170" height="218" rx="15" fill="{a}"/><rect x="104" y="102" width="32" height="218" rx="12" fill="#000" opacity=".13"/>
<rect x="240" y="102" width="13" height="218" fill="{b}"/><rect x="154" y="146" width="68" height="48" rx="7" fill="#fffaf0"/><path d="M168
 162h40M168 178h26" stroke="{a}" stroke-width="5" stroke-linecap="round"/><g transform="rotate(16 312 220)"><rect x="298" y="110" width="24" height="164"
 rx="5" fill="{c}"/><path d="M298 274h24l-12 32z" fill="#f2d9a8"/><path d="M305 292h10l-5 14z" fill="#2f2622"/><rect x="298" y="104" width="24"
 height="18" rx="6" fill="#e98b7a"/></g>""",
    "plant": """
<path d="M130 232h140l-16 74a18 18 0 0 1-18 14h-72a18 18 0 0 1-18-14z" fill="{a}"/><rect x="120" y="216" width="160" height="30" rx="13" fill="{b}"/>
<path d="M200 218v-70M200 200c-20-30-44-40-70-44M200 196c18-32 44-46 72-50" stroke="#3f7a3a" stroke-width="7" fill="none"/><g fill="{c}"><path
 d="M200 150c-38-20-42-58-20-88 34 16 44 52 20 88z"/><path d="M136 162c-42 8-70-14-76-50 40-8 70 10 76 50z"/><path d="M268 150c-2-40 26-64
 66-62 6 36-22 64-66 62z"/></g><g fill="#6db56b"><path d="M150 214c-44 14-76-4-84-36 40-10 74 2 84 36zM250 212c12-38 44-50 82-40-6 34-40 50-82
 40z"/></g><path d="M196 140c-4-24-8-40-14-60M130 158c-20-16-36-26-56-36M276 146c18-18 30-32 46-44" stroke="#fff" stroke-width="4" opacity=".4"
 fill="none" stroke-linecap="round"/>""",
    "succulent": """
<path d="M118 226h164l-12 80a18 18 0 0 1-18 14H148a18 18 0 0 1-18-14z" fill="{a}"/><path d="M126 262h148" stroke="{b}" stroke-width="11"/>
<g fill="#5f9f80"><path d="M200 226c-60 8-98-14-108-52 44-8 84 8 108 52zM200 226c60 8 98-14 108-52-44-8-84 8-108 52z"/></g><g fill="{c}"><path
 d="M200 226c-48-16-68-52-60-92 40 10 62 42 60 92zM200 226c48-16 68-52 60-92-40 10-62 42-60 92z"/></g><path d="M200 226c-32-34-32-80 0-112 32
 32 32 78 0 112z" fill="#a9d8bd"/><path d="M200 122c-4 6-6 10-6 16h12c0-6-2-10-6-16z" fill="#e98b9a"/><path d="M142 136c2 8 4 12 8 16l8-10c-4-4-10-6-16-6zM258
 136c-2 8-4 12-8 16l-8-10c4-4 10-6 16-6z" fill="#e98b9a"/>""",
    "flowers": """
<path d="M150 200h100l-14 104a18 18 0 0 1-18 16h-36a18 18 0 0 1-18-16z" fill="#fff" opacity=".75"/><path d="M155 240h90l-9 64a18 18 0 0 1-18
 16h-36a18 18 0 0 1-18-16z" fill="#bfe0ea" opacity=".8"/><g stroke="#4f8f4a" stroke-width="7" fill="none"><path d="M190 300C180 220 150 190 132
 160M204 300V128M214 300c8-70 34-110 60-136"/></g><path d="M180 236c-34 4-54-12-60-34 32-4 52 8 60 34zM222 230c8-28 30-38 60-32-6 24-28 38-60
 32z" fill="#66a85c"/><g fill="{a}"><circle cx="108" cy="140" r="25"/><circle cx="148" cy="134" r="25"/><circle cx="120" cy="172" r="25"/><circle
 cx="152" cy="168" r="23"/></g><circle cx="132" cy="154" r="17" fill="{c}"/><g fill="{b}"><circle cx="182" cy="98" r="26"/><circle cx="226" cy="98"
 r="26"/><circle cx="186" cy="136" r="25"/><circle cx="224" cy="136" r="25"/></g><circle cx="204" cy="116" r="19" fill="{c}"/><g fill="{a}"><circle
 cx="262" cy="142" r="24"/><circle cx="300" cy="142" r="24"/><circle cx="266" cy="176" r="23"/><circle cx="298" cy="176" r="23"/></g><circle cx="281"
 cy="159" r="17" fill="{c}"/>""",
    "brush": """
<path d="M66 286h200l-12 34H78z" fill="#3a3a40"/><ellipse cx="166" cy="288" rx="86" ry="15" fill="#24242a"/><ellipse cx="166" cy="288" rx="60" ry="9"
 fill="#4d4d58"/><g transform="rotate(30 250 190)"><rect x="240" y="58" width="20" height="164" rx="8" fill="{a}"/><rect x="238" y="214" width="24"
 height="24" fill="{b}"/><path d="M238 238h24c6 26-4 52-12 66-8-14-18-40-12-66z" fill="#2f2622"/><path d="M250 58V40" stroke="{c}" stroke-width="5"/></g>
<rect x="272" y="240" width="78" height="80" rx="9" fill="#fffdf6"/><path d="M292 264h38M311 256v48M296 284c8 8 20 8 30 0" stroke="{c}"
 stroke-width="7" fill="none" stroke-linecap="round"/><path d="M84 206c30-50 60-50 84-16" stroke="#24242a" stroke-width="13" opacity=".55" fill="none"
 stroke-linecap="round"/>""",
}
