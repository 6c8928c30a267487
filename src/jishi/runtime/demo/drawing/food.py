"""Drawings of things to eat and drink. `{a}`, `{b}` and `{c}` are the colours a product may choose."""

FOOD: dict[str, str] = {
    "orange": """
<circle cx="150" cy="226" r="92" fill="{a}"/><circle cx="120" cy="192" r="26" fill="#fff" opacity=".18"/>
<circle cx="262" cy="212" r="96" fill="{b}"/><path d="M262 118c4-34 36-46 60-40-6 26-30 44-60 40z" fill="#5c9a3c"/>
<path d="M264 116c14-12 34-24 52-34" stroke="#3f7a27" stroke-width="3" fill="none"/>
<circle cx="228" cy="176" r="26" fill="#fff" opacity=".2"/><path d="M196 318a64 64 0 0 1-64-64h128a64 64 0 0 1-64 64z"
 fill="#f8b65a"/><ellipse cx="196" cy="254" rx="64" ry="20" fill="#fff3d8"/><ellipse cx="196" cy="254" rx="56" ry="16" fill="{a}"/>
<path d="M196 254l-54-5M196 254l54-5M196 254l-36 12M196 254l36 12M196 254v-16M196 254v16" stroke="#fff3d8" stroke-width="4"/>""",
    "apple": """
<path d="M150 148c-60-14-92 34-84 92 6 50 42 84 72 80 12-2 20-4 32 0 32 6 70-34 76-84 6-60-34-102-96-88z" fill="{a}"/>
<path d="M150 150c2-26-6-38-14-46" stroke="#6b4226" stroke-width="8" fill="none" stroke-linecap="round"/>
<path d="M156 122c8-28 38-34 60-26-10 24-34 36-60 26z" fill="#6aa84f"/><ellipse cx="104" cy="206" rx="16" ry="30"
 fill="#fff" opacity=".3" transform="rotate(18 104 206)"/><path d="M262 196c-40-10-66 22-60 64 4 36 28 60 50 58 10-2 14-2
 22 0 24 4 52-24 56-60 4-42-26-72-68-62z" fill="{b}"/><path d="M264 198c0-18 4-26 12-32" stroke="#6b4226" stroke-width="6"
 fill="none" stroke-linecap="round"/><ellipse cx="232" cy="240" rx="11" ry="21" fill="#fff" opacity=".3" transform="rotate(18 232 240)"/>""",
    "strawberry": """
<path d="M92 180c-20 40 10 120 62 138 52-18 84-96 62-138-28-22-96-22-124 0z" fill="{a}"/><path d="M90 184c20-8 36-26 64-30
 28 4 44 22 64 30-22 6-34-2-44 8-12-8-24-8-38 0-12-10-26-2-46-8z" fill="#5a9a41"/><path d="M154 156v-26" stroke="#5a9a41"
 stroke-width="7" stroke-linecap="round"/><g fill="#ffe3a3"><ellipse cx="122" cy="220" rx="4" ry="6"/><ellipse cx="156" cy="226"
 rx="4" ry="6"/><ellipse cx="188" cy="218" rx="4" ry="6"/><ellipse cx="138" cy="254" rx="4" ry="6"/><ellipse cx="172" cy="256" rx="4"
 ry="6"/><ellipse cx="154" cy="286" rx="4" ry="6"/></g><g transform="translate(150 66) scale(.82)"><path d="M92 180c-20 40 10 120
 62 138 52-18 84-96 62-138-28-22-96-22-124 0z" fill="{b}"/><path d="M90 184c20-8 36-26 64-30 28 4 44 22 64 30-22 6-34-2-44
 8-12-8-24-8-38 0-12-10-26-2-46-8z" fill="#6db052"/><g fill="#ffe3a3"><ellipse cx="122" cy="222" rx="4" ry="6"/><ellipse cx="158"
 cy="230" rx="4" ry="6"/><ellipse cx="190" cy="218" rx="4" ry="6"/><ellipse cx="140" cy="262" rx="4" ry="6"/><ellipse cx="174" cy="262"
 rx="4" ry="6"/></g></g>""",
    "pomelo": """
<path d="M178 92c-70 10-104 80-104 136 0 54 44 92 104 92s104-38 104-92c0-56-34-126-104-136z" fill="{a}"/>
<ellipse cx="128" cy="186" rx="20" ry="40" fill="#fff" opacity=".28" transform="rotate(22 128 186)"/>
<path d="M178 94c10-30 42-40 70-28-12 28-40 38-70 28z" fill="#5c9a3c"/><circle cx="268" cy="262" r="66" fill="#f6eec0"/>
<circle cx="268" cy="262" r="58" fill="#fffaf0"/><circle cx="268" cy="262" r="50" fill="{b}"/>
<path d="M268 212v100M218 262h100M233 227l70 70M303 227l-70 70" stroke="#fffaf0" stroke-width="5"/><circle cx="268" cy="262" r="9"
 fill="#fffaf0"/>""",
    "mandarin": """
<path d="M96 226c0-50 40-70 78-70s80 20 80 70-36 92-80 92-78-42-78-92z" fill="{a}"/><path d="M156 158c-4-26 30-30 36-2z" fill="{a}"/>
<path d="M172 140c-10-34 12-52 38-58 8 28-8 52-38 58z" fill="#4f8f3a"/><path d="M172 142c-26 0-40-14-44-34 24-4 40 10 44 34z"
 fill="#6aae4e"/><ellipse cx="136" cy="206" rx="20" ry="14" fill="#fff" opacity=".25"/><g transform="translate(208 232)">
<path d="M0 50C-6 12 26-18 62-14c34 4 48 40 36 70-10 24-40 34-62 30C16 82 4 70 0 50z" fill="#fbb450"/>
<path d="M12 48c0-28 22-48 48-46 24 2 36 28 26 52M32 84c-8-34 4-64 28-82" stroke="#fff1d2" stroke-width="5" fill="none"/></g>""",
    "banana": """
<path d="M96 110c-8 110 62 196 190 188 16-2 24-14 18-26-96-2-158-70-170-166-4-14-34-14-38 4z" fill="{a}"/>
<path d="M104 106c14 96 70 180 196 178-90 22-190-40-204-176z" fill="{b}" opacity=".75"/><path d="M136 100c26 86 84 134 170 138 16 0
 22 12 12 24-112 12-192-54-214-154-2-18 26-22 32-8z" fill="{a}"/><path d="M92 116l-4-34c0-8 34-12 40-4l12 30c-14-6-34-4-48 8z"
 fill="#7a5a2a"/><path d="M302 238c12-2 22 8 20 16s-12 10-20 8z" fill="#7a5a2a"/><path d="M290 278c10-2 20 6 16 14-2 6-10 8-18 6z" fill="#7a5a2a"/>
<path d="M132 128c26 66 74 104 140 112" stroke="#fff" opacity=".35" stroke-width="8" fill="none" stroke-linecap="round"/>""",
    "grapes": """
<path d="M204 128c-2-28 8-44 22-56" stroke="#6b4f2a" stroke-width="9" fill="none" stroke-linecap="round"/>
<path d="M200 118c-44 6-76-14-84-50 44-12 78 8 84 50z" fill="#5d9b42"/><path d="M198 116c-24-8-50-24-74-44" stroke="#3f7a2b"
 stroke-width="3" fill="none"/><g fill="{a}"><circle cx="134" cy="156" r="35"/><circle cx="270" cy="156" r="35"/><circle cx="168" cy="216"
 r="36"/><circle cx="236" cy="216" r="36"/><circle cx="202" cy="286" r="35"/></g><g fill="{b}"><circle cx="202" cy="158"
 r="38"/><circle cx="120" cy="206" r="33"/><circle cx="284" cy="206" r="33"/><circle cx="160" cy="262" r="33"/><circle cx="244" cy="262" r="33"/></g>
<g fill="#fff" opacity=".45"><circle cx="190" cy="144" r="9"/><circle cx="110" cy="194" r="7"/><circle cx="274" cy="194" r="7"/><circle cx="150"
 cy="250" r="7"/><circle cx="234" cy="250" r="7"/><circle cx="192" cy="274" r="8"/><circle cx="124" cy="142" r="7"/></g>""",
    "tea_tin": """
<rect x="118" y="118" width="132" height="202" rx="18" fill="{a}"/><path d="M118 136a18 18 0 0 1 18-18h30v202h-30a18 18 0 0
 1-18-18z" fill="#fff" opacity=".14"/><rect x="110" y="92" width="148" height="42" rx="14" fill="{b}"/><rect x="118" y="134" width="132"
 height="7" fill="#000" opacity=".14"/><rect x="118" y="176" width="132" height="92" fill="{c}"/><circle cx="184" cy="222" r="33" fill="none"
 stroke="{a}" stroke-width="4"/><path d="M184 244c-20-10-22-30-2-46 18 16 20 36 2 46zM183 202v44" fill="none" stroke="{a}" stroke-width="4"/>
<path d="M254 274h76l-8 34a14 14 0 0 1-14 11h-32a14 14 0 0 1-14-11z" fill="#fff"/><ellipse cx="292" cy="274" rx="38" ry="9" fill="#c9832f"/>
<path d="M278 250c-6-12 6-16 0-30M302 250c-6-12 6-16 0-30" stroke="#fff" stroke-width="5" opacity=".85" fill="none" stroke-linecap="round"/>""",
    "tea_cake": """
<rect x="96" y="106" width="150" height="196" rx="6" fill="{b}" transform="rotate(-8 170 204)"/><circle cx="214" cy="222" r="98" fill="{a}"/>
<circle cx="214" cy="222" r="98" fill="none" stroke="#000" stroke-opacity=".16" stroke-width="8"/><circle cx="214" cy="222" r="20"
 fill="#000" opacity=".2"/><g stroke="#c79a62" stroke-width="5" stroke-linecap="round" opacity=".75"><path d="M150 190l18
 10M176 156l10 16M226 146l2 18M268 172l-14 12M286 214l-18 4M276 262l-16-8M236 292l-4-16M188 288l6-14M148 244l16-4M196 196l-8-10M244
 200l10-6M240 250l10 8M182 246l-10 8"/></g><path d="M116 132l90-12M120 156l84-12" stroke="{c}" stroke-width="6" stroke-linecap="round"/>""",
    "tea_box": """
<path d="M94 160h176v150a10 10 0 0 1-10 10H104a10 10 0 0 1-10-10z" fill="{a}"/><path d="M94 160l24-50h128l24 50z" fill="{b}"/>
<path d="M94 160h176v16H94z" fill="#000" opacity=".1"/><circle cx="182" cy="244" r="44" fill="{c}"/><g fill="#f2b23c"><circle cx="170" cy="232"
 r="8"/><circle cx="188" cy="228" r="8"/><circle cx="180" cy="246" r="8"/><circle cx="198" cy="246" r="8"/></g><path d="M160 262c16-2 34-10 46-28"
 stroke="#4f8a4a" stroke-width="4" fill="none"/><path d="M284 236l28-12 26 10v70a10 10 0 0 1-10 10h-34a10 10 0 0 1-10-10z" fill="#fffdf6"/>
<path d="M290 268h42v34h-42z" fill="#b98a4c" opacity=".55"/><path d="M312 226c-4-40 20-50 10-86" stroke="#8a7a68" stroke-width="3" fill="none"/>
<rect x="306" y="116" width="32" height="30" rx="5" fill="{a}"/>""",
    "coffee_bag": """
<path d="M112 104h136l14 34v160a22 22 0 0 1-22 22H120a22 22 0 0 1-22-22V138z" fill="{a}"/><path d="M112 104h136l6 16H106z" fill="#000" opacity=".2"/>
<path d="M98 176h164v84H98z" fill="{b}"/><g transform="rotate(-24 180 218)"><ellipse cx="180" cy="218" rx="24" ry="32" fill="{c}"/>
<path d="M180 188c-14 20 14 40 0 60" stroke="{b}" stroke-width="5" fill="none"/></g><path d="M256 258h72v28a32 32 0 0 1-32
 32h-8a32 32 0 0 1-32-32z" fill="#fff"/><path d="M328 264c26-2 26 36-6 34" stroke="#fff" stroke-width="9" fill="none"/><ellipse cx="292" cy="258"
 rx="36" ry="8" fill="#6b3f22"/><path d="M280 236c-6-12 6-16 0-30M302 236c-6-12 6-16 0-30" stroke="#fff" stroke-width="5" opacity=".85"
 fill="none" stroke-linecap="round"/>""",
    "milk": """
<path d="M112 92h60v26c0 22 26 32 26 62v122a18 18 0 0 1-18 18h-76a18 18 0 0 1-18-18V180c0-30 26-40 26-62z" fill="#fff"/>
<path d="M86 206h112v68H86z" fill="{a}"/><rect x="104" y="74" width="76" height="26" rx="9" fill="{b}"/><path d="M92 190c2-30 26-40
 28-70" stroke="#dfe8ee" stroke-width="8" fill="none" stroke-linecap="round"/><path d="M126 254c-18 0-20-20-6-26 4-14 30-12 32 2 16 2 14 24-2
 24z" fill="#fff"/><path d="M226 196h92l-10 112a13 13 0 0 1-13 12h-46a13 13 0 0 1-13-12z" fill="#fff" opacity=".55"/><path d="M230
 228h84l-8 80a12 12 0 0 1-12 11h-44a12 12 0 0 1-12-11z" fill="#fff"/><ellipse cx="272" cy="228" rx="42" ry="9" fill="#f2efe8"/>""",
    "rice_bag": """
<path d="M100 120c20 10 140 10 160 0 18 50 22 140 8 188-4 12-20 12-88 12s-84 0-88-12c-14-48-10-138 8-188z" fill="{a}"/>
<path d="M106 122c-8-20-16-28-12-40 30 12 142 12 172 0 4 12-4 20-12 40-30 10-118 10-148 0z" fill="{a}"/><path d="M104 118c30 12
 124 12 152 0" stroke="{b}" stroke-width="9" fill="none" stroke-linecap="round"/><circle cx="180" cy="222" r="58" fill="{c}"/>
<path d="M180 262v-70M180 232c-20-2-26-16-26-28 16 2 26 12 26 28zM180 232c20-2 26-16 26-28-16 2-26 12-26 28zM180 256c-22 0-32-12-34-26 20
 2 32 10 34 26zM180 256c22 0 32-12 34-26-20 2-32 10-34 26z" fill="{b}" stroke="{b}" stroke-width="3"/><path d="M250 306c4-34 98-34
 102 0 0 18-102 18-102 0z" fill="#fff"/><g fill="#efe6d2"><ellipse cx="276" cy="300" rx="7" ry="3"/><ellipse cx="302" cy="292" rx="7" ry="3"/>
<ellipse cx="324" cy="304" rx="7" ry="3"/></g>""",
    "noodles": """
<path d="M100 230h208c0 56-36 90-80 90h-48c-44 0-80-34-80-90z" fill="{a}"/><path d="M112 262c60 14 124 14 184 0" stroke="{b}" stroke-width="8"
 fill="none"/><ellipse cx="204" cy="230" rx="104" ry="30" fill="#fff7e6"/><ellipse cx="204" cy="230" rx="92" ry="24" fill="#e9b25c"/>
<g stroke="#fdf0c4" stroke-width="8" fill="none" stroke-linecap="round"><path d="M134 230c20-22 40 20 62 0s40 20 62 0M150 240c24-18 40 10
 64-2s30 8 52-4M160 220c30-14 44 12 74-2"/></g><ellipse cx="252" cy="226" rx="24" ry="15" fill="#fff"/><circle cx="254" cy="225" r="9" fill="#f5a623"/>
<g fill="#5c9a3c"><circle cx="158" cy="224" r="5"/><circle cx="176" cy="240" r="5"/><circle cx="206" cy="218" r="5"/></g><path d="M286 214l56-128M300
 218l64-122" stroke="#8a5a33" stroke-width="7" stroke-linecap="round"/><path d="M160 190c-8-16 8-22 0-40M204 184c-8-16 8-22 0-40M246
 190c-8-16 8-22 0-40" stroke="#fff" stroke-width="7" opacity=".8" fill="none" stroke-linecap="round"/>""",
    "jujube": """
<path d="M92 212h216l-22 92a20 20 0 0 1-20 16H134a20 20 0 0 1-20-16z" fill="#c99a5b"/><path d="M98 236h204M104 264h192M112 292h176"
 stroke="#a87a40" stroke-width="6"/><g fill="{a}"><ellipse cx="130" cy="196" rx="34" ry="25" transform="rotate(-16 130 196)"/><ellipse cx="196"
 cy="182" rx="37" ry="27"/><ellipse cx="266" cy="196" rx="34" ry="25" transform="rotate(18 266 196)"/></g><g fill="{b}"><ellipse cx="162"
 cy="152" rx="33" ry="24" transform="rotate(12 162 152)"/><ellipse cx="230" cy="150" rx="33" ry="24" transform="rotate(-14 230 150)"/>
<ellipse cx="196" cy="118" rx="30" ry="22"/></g><g stroke="#5e1711" stroke-width="3" fill="none" opacity=".5"><path d="M150 146c8 6 16 6 24
 2M218 150c8 4 18 2 24-4M182 184c10 6 20 6 30 0"/></g><path d="M84 208h232v18a8 8 0 0 1-8 8H92a8 8 0 0 1-8-8z" fill="#dcb274"/>""",
    "nuts": """
<path d="M106 152h150v144a24 24 0 0 1-24 24H130a24 24 0 0 1-24-24z" fill="#fff" opacity=".6"/><rect x="100" y="112" width="162" height="44" rx="12"
 fill="{a}"/><g><ellipse cx="146" cy="290" rx="25" ry="19" fill="#b9783c"/><ellipse cx="204" cy="294" rx="24" ry="18" fill="#d59a55"/><ellipse
 cx="232" cy="262" rx="22" ry="17" fill="#8d5a2b"/><ellipse cx="176" cy="258" rx="26" ry="20" fill="#e0b26e"/><ellipse cx="132" cy="248" rx="20"
 ry="18" fill="#8d5a2b"/><ellipse cx="150" cy="214" rx="23" ry="17" fill="#d59a55"/><ellipse cx="206" cy="222" rx="25" ry="18" fill="#b9783c"/></g>
<rect x="132" y="180" width="98" height="58" rx="10" fill="{b}"/><path d="M152 198h58M152 216h38" stroke="{a}" stroke-width="6" stroke-linecap="round"/>
<circle cx="302" cy="284" r="36" fill="#a86c38"/><path d="M302 250c-18 22-18 46 0 68 18-22 18-46 0-68M270 274c20 8 44 8 64 0" stroke="#7c4a20"
 stroke-width="4" fill="none"/>""",
    "mushroom": """
<path d="M160 210h56c-6 40 2 70 10 100 2 14-78 14-76 0 8-30 16-60 10-100z" fill="#f7ead3"/><path d="M76 214c0-72 52-112 112-112s112 40 112
 112c0 18-224 18-224 0z" fill="{a}"/><g stroke="#f3dfc0" stroke-width="6" stroke-linecap="round"><path d="M150 132l24 22M174 130l-24
 24M212 150l26 22M238 148l-28 24M116 176l22 18M138 172l-20 24M178 176l22 16M200 172l-20 22M262 186l12 14M274 184l-14 16"/></g>
<path d="M268 262h34c-4 20 2 34 6 48 0 10-48 10-46 0 4-14 10-28 6-48z" fill="#f7ead3"/><path d="M222 264c0-40 30-60 64-60s64 20 64 60c0 12-128
 12-128 0z" fill="{b}"/><path d="M276 226l16 14M292 224l-16 16" stroke="#f3dfc0" stroke-width="5" stroke-linecap="round"/>""",
    "honey": """
<path d="M104 158h152c18 24 26 54 26 84 0 40-14 78-34 78H112c-20 0-34-38-34-78 0-30 8-60 26-84z" fill="{a}"/><path d="M82 232c60 20 136 20 198
 0 4 50-12 88-32 88H112c-20 0-34-38-30-88z" fill="{b}" opacity=".6"/><rect x="98" y="112" width="164" height="46" rx="14" fill="#fff6df"/>
<path d="M98 140h164v12a8 8 0 0 1-8 8H106a8 8 0 0 1-8-8z" fill="#000" opacity=".08"/><path d="M130 206h100l10 74H120z" fill="#fffaf0"/>
<path d="M180 218l22 13v26l-22 13-22-13v-26z" fill="{a}"/><g transform="rotate(28 310 190)"><rect x="304" y="86" width="11" height="120" rx="5"
 fill="#a8703a"/><rect x="290" y="200" width="39" height="12" rx="6" fill="#c98a4a"/><rect x="286" y="217" width="47" height="12" rx="6"
 fill="#c98a4a"/><rect x="286" y="234" width="47" height="12" rx="6" fill="#c98a4a"/><rect x="290" y="251" width="39" height="12" rx="6" fill="#c98a4a"/></g>""",
    "hotpot": """
<path d="M64 212h272l-18 78a40 40 0 0 1-40 30H122a40 40 0 0 1-40-30z" fill="{a}"/><path d="M40 206h36v24H52a12 12 0 0 1-12-12zM360
 206h-36v24h24a12 12 0 0 0 12-12z" fill="#3a2a24"/><ellipse cx="200" cy="212" rx="138" ry="36" fill="#3a2a24"/><ellipse cx="200" cy="210"
 rx="124" ry="29" fill="{b}"/><path d="M200 181c-30 18 30 40 0 58a124 29 0 0 0 124-29 124 29 0 0 0-124-29z" fill="#ffe2b0"/>
<g><circle cx="136" cy="206" r="12" fill="#d8402a"/><circle cx="168" cy="222" r="8" fill="#7a1d12"/><ellipse cx="150" cy="190" rx="18" ry="7"
 fill="#5c9a3c"/><circle cx="104" cy="214" r="8" fill="#f6c453"/><circle cx="246" cy="202" r="15" fill="#fff7ea"/><circle cx="284" cy="212" r="12"
 fill="#f0a35e"/><ellipse cx="252" cy="226" rx="20" ry="6" fill="#7bb661"/></g><path d="M140 160c-10-20 10-28 0-52M200 150c-10-20 10-28
 0-52M260 160c-10-20 10-28 0-52" stroke="#fff" stroke-width="9" opacity=".8" fill="none" stroke-linecap="round"/>""",
    "dumplings": """
<ellipse cx="200" cy="282" rx="146" ry="38" fill="#fff"/><ellipse cx="200" cy="276" rx="124" ry="27" fill="{a}"/><g fill="{b}">
<path d="M84 268c4-44 82-56 104-6-24 26-82 26-104 6z"/><path d="M150 286c4-48 92-58 112-6-24 30-88 30-112 6z"/><path d="M212 264c6-44 84-54
 106-2-26 26-84 22-106 2z"/><path d="M140 232c6-46 88-54 110-4-24 28-88 28-110 4z"/></g><g stroke="#dcc9a4" stroke-width="4" fill="none"
 stroke-linecap="round"><path d="M104 246l8 12M126 234l4 14M150 234l-2 14M172 244l-8 12M170 262l8 12M196 250l4 14M220 250l-2 14M242
 260l-8 12M232 242l8 12M256 230l4 14M282 230l-4 14M302 242l-8 12M160 208l8 12M184 196l4 14M210 196l-2 14M232 208l-8 12"/></g>
<path d="M160 168c-8-18 8-24 0-44M200 160c-8-18 8-24 0-44M240 168c-8-18 8-24 0-44" stroke="#fff" stroke-width="8" opacity=".8" fill="none"
 stroke-linecap="round"/>""",
    "chili": """
<path d="M104 150h120c16 14 24 34 24 56v90a24 24 0 0 1-24 24H104a24 24 0 0 1-24-24v-90c0-22 8-42 24-56z" fill="{a}"/><path d="M80 214c50-14
 118 14 168 0v-10c0-20-8-40-24-54H104c-16 14-24 34-24 54z" fill="#f0893b" opacity=".7"/><rect x="96" y="104" width="136" height="46" rx="12"
 fill="#2f2622"/><rect x="96" y="210" width="136" height="74" rx="8" fill="{b}"/><path d="M130 246c20 22 48 18 66-10-4 26-40 46-66 10z"
 fill="#d8402a"/><path d="M196 238c4-6 6-10 4-16" stroke="#4f8a3a" stroke-width="5" fill="none" stroke-linecap="round"/><path d="M262 250c24 56
 66 56 92 20-8 62-82 72-92-20z" fill="#e0402a"/><path d="M262 254c-8-16-4-28 8-38" stroke="#4f8a3a" stroke-width="8" fill="none" stroke-linecap="round"/>
<g fill="#ffe2a8"><circle cx="104" cy="186" r="4"/><circle cx="150" cy="174" r="4"/><circle cx="208" cy="184" r="4"/><circle cx="180" cy="196" r="4"/></g>""",
    "eggs": """
<g><path d="M98 258c0-44 20-84 46-84s46 40 46 84z" fill="{a}"/><path d="M160 262c0-50 22-96 52-96s50 46 50 96z" fill="{b}"/><path d="M224
 258c0-44 20-82 46-82s44 38 44 82z" fill="{a}"/></g><g fill="#fff" opacity=".4"><ellipse cx="128" cy="208" rx="8" ry="16" transform="rotate(16
 128 208)"/><ellipse cx="196" cy="204" rx="9" ry="19" transform="rotate(16 196 204)"/><ellipse cx="254" cy="208" rx="8" ry="16" transform="rotate(16
 254 208)"/></g><path d="M72 244c40 26 230 26 268 0 4 40-28 76-70 76H142c-42 0-74-36-70-76z" fill="#c4935a"/><path d="M76 266c60 18 202 18 260
 0M88 290c60 14 178 14 234 0" stroke="#a5763f" stroke-width="6" fill="none"/><path d="M70 248c20-16 30 6 44-4s24 10 42-2 30 12 48 0 30 10 46 0 26 8
 42 0 24-6 48 6" stroke="#e8c88c" stroke-width="9" fill="none" stroke-linecap="round"/>""",
    "bread": """
<path d="M72 234c0-64 60-110 130-110s130 46 130 110c0 50-34 84-70 84H142c-36 0-70-34-70-84z" fill="{a}"/><path d="M84 236c0-56 54-98 118-98s118
 42 118 98c0 18-6 34-16 48-60 20-140 20-204 0-10-14-16-30-16-48z" fill="{b}"/><g fill="#fff3dc"><path d="M140 172c10 34 8 70-6 104-18-30-18-74
 6-104zM200 156c12 38 10 84-4 122-20-34-20-88 4-122zM260 170c12 34 12 72-4 106-20-32-18-76 4-106z"/></g><g fill="#fff" opacity=".5"><circle
 cx="110" cy="216" r="3"/><circle cx="168" cy="192" r="3"/><circle cx="232" cy="188" r="3"/><circle cx="292" cy="216" r="3"/><circle cx="226"
 cy="252" r="3"/><circle cx="164" cy="256" r="3"/></g><path d="M318 132c8 20 6 40-4 60M318 132l18-26M314 152l22-10M310 170l22-4M318 140l-14-20M314
 160l-16-12" stroke="#c99a3e" stroke-width="6" fill="none" stroke-linecap="round"/>""",
    "cookie_tin": """
<path d="M90 188h190v104c0 16-42 28-95 28s-95-12-95-28z" fill="{a}"/><ellipse cx="185" cy="188" rx="95" ry="30" fill="{b}"/><ellipse cx="185"
 cy="188" rx="80" ry="22" fill="#5e3a22"/><g fill="#efc27a"><circle cx="140" cy="176" r="24"/><circle cx="186" cy="164" r="25"/><circle cx="230"
 cy="178" r="24"/></g><g fill="#7b4a24"><circle cx="134" cy="172" r="4"/><circle cx="148" cy="182" r="4"/><circle cx="180" cy="158" r="4"/><circle
 cx="194" cy="170" r="4"/><circle cx="224" cy="174" r="4"/><circle cx="238" cy="184" r="4"/></g><path d="M90 232c50 24 140 24 190 0v30c-50 24-140
 24-190 0z" fill="{c}"/><circle cx="308" cy="284" r="35" fill="#e8b76a"/><g fill="#7b4a24"><circle cx="298" cy="274" r="5"/><circle cx="318"
 cy="280" r="5"/><circle cx="304" cy="298" r="5"/></g>""",
}
