"""Drawings of things to cook with and to live with. `{a}`, `{b}` and `{c}` are the colours a product may choose."""

HOME: dict[str, str] = {
    "pot": """
<rect x="92" y="182" width="216" height="138" rx="34" fill="{a}"/><path d="M92 214h216v-10a22 22 0 0 0-22-22H114a22 22 0 0 0-22 22z" fill="#000"
 opacity=".14"/><path d="M84 184c0-46 60-66 116-66s116 20 116 66z" fill="{b}"/><rect x="76" y="178" width="248" height="18" rx="9" fill="{a}"/>
<circle cx="200" cy="106" r="17" fill="#f2d9a8"/><rect x="56" y="216" width="42" height="26" rx="13" fill="{a}"/><rect x="302" y="216" width="42"
 height="26" rx="13" fill="{a}"/><path d="M120 224v62M122 160c16-18 44-26 70-28" stroke="#fff" stroke-width="9" opacity=".35" fill="none"
 stroke-linecap="round"/>""",
    "chopsticks": """
<rect x="84" y="292" width="150" height="28" rx="12" fill="{a}"/><g stroke-linecap="round"><path d="M120 300L300 90" stroke="{b}" stroke-width="13"/>
<path d="M164 302L330 108" stroke="{b}" stroke-width="13"/><path d="M262 134L300 90M294 150l36-42" stroke="{c}" stroke-width="14"/>
<path d="M246 153l5-6M279 168l5-6" stroke="#f2d9a8" stroke-width="14"/></g><path d="M252 320c4-50 96-50 100 0z" fill="#fff"/><path d="M262 296c24
 8 56 8 80 0" stroke="{a}" stroke-width="6" fill="none"/>""",
    "bowl": """
<path d="M112 160h152c0 42-26 66-54 66h-44c-28 0-54-24-54-66z" fill="{b}"/><path d="M112 160h152l-3 16H115z" fill="#fff" opacity=".6"/>
<path d="M84 214h232c0 66-44 98-84 98h-64c-40 0-84-32-84-98z" fill="{a}"/><rect x="158" y="304" width="84" height="16" rx="8" fill="{c}"/>
<path d="M84 214h232l-4 22H88z" fill="{c}"/><g fill="none" stroke="{c}" stroke-width="6"><path d="M130 262c16-16 32 16 48 0s32 16 48 0 32 16
 48 0"/></g><path d="M104 244c4 22 14 38 30 50" stroke="#fff" stroke-width="9" opacity=".5" fill="none" stroke-linecap="round"/>""",
    "board": """
<rect x="92" y="96" width="168" height="224" rx="24" fill="{a}"/><circle cx="176" cy="128" r="13" fill="#fff" opacity=".6"/><path d="M120 160v130M150
 176v114M208 156v90M234 170v116" stroke="#000" stroke-opacity=".1" stroke-width="5" stroke-linecap="round"/><path d="M236 116h62c14 60 14 100
 6 132h-68z" fill="{b}"/><path d="M236 116h16v132h-16z" fill="#fff" opacity=".4"/><rect x="244" y="244" width="40" height="76" rx="12" fill="{c}"/>
<circle cx="264" cy="268" r="5" fill="#f2d9a8"/><circle cx="264" cy="294" r="5" fill="#f2d9a8"/>""",
    "thermos": """
<rect x="134" y="128" width="112" height="192" rx="24" fill="{a}"/><path d="M134 152a24 24 0 0 1 24-24h16v192h-16a24 24 0 0 1-24-24z" fill="#fff"
 opacity=".2"/><rect x="144" y="78" width="92" height="54" rx="16" fill="{b}"/><rect x="134" y="128" width="112" height="12" fill="#000" opacity=".15"/>
<path d="M134 262h112v18H134z" fill="{c}"/><path d="M246 176c44-8 48 72 0 66" stroke="{b}" stroke-width="15" fill="none"/><path d="M190
 222c-14-12-26-18-26-30 0-14 20-18 26-4 6-14 26-10 26 4 0 12-12 18-26 30z" fill="{c}"/>""",
    "mug": """
<path d="M104 156h152v122a42 42 0 0 1-42 42h-68a42 42 0 0 1-42-42z" fill="{a}"/><path d="M256 184c66-12 66 92-8 86" stroke="{a}" stroke-width="20"
 fill="none"/><ellipse cx="180" cy="156" rx="76" ry="20" fill="{c}"/><ellipse cx="180" cy="158" rx="62" ry="13" fill="#7b4a2a"/>
<path d="M104 226h152v40H104z" fill="{b}"/><path d="M118 246l14-12 16 12 16-12 16 12 16-12 16 12 16-12 14 12" stroke="{a}" stroke-width="5"
 fill="none" stroke-linejoin="round"/><path d="M152 120c-8-18 8-24 0-44M184 116c-8-18 8-24 0-44M216 120c-8-18 8-24 0-44" stroke="#fff"
 stroke-width="8" opacity=".8" fill="none" stroke-linecap="round"/>""",
    "candle": """
<rect x="112" y="180" width="136" height="140" rx="22" fill="{a}"/><rect x="112" y="180" width="34" height="140" rx="17" fill="#fff" opacity=".22"/>
<ellipse cx="180" cy="182" rx="68" ry="17" fill="{b}"/><path d="M180 182v-26" stroke="#3a2a24" stroke-width="5"/><circle cx="180" cy="132"
 r="58" fill="#ffd98a" opacity=".35"/><path d="M180 88c26 28 30 66 0 70-30-4-26-42 0-70z" fill="#ffb43d"/><path d="M180 118c12 14 14 36 0 38-14-2-12-24
 0-38z" fill="#fff1c4"/><rect x="134" y="226" width="92" height="58" rx="8" fill="#fffaf0"/><path d="M152 246h56M160 264h40" stroke="{a}"
 stroke-width="6" stroke-linecap="round"/><path d="M270 320c-6-40 10-70 44-92 6 40-6 74-44 92zM276 318c20-28 44-38 72-36-12 26-36 40-72 36z"
 fill="{c}"/>""",
    "lamp": """
<path d="M132 92h108l46 102H86z" fill="{a}"/><path d="M132 92h34l-26 102H86z" fill="#fff" opacity=".22"/><path d="M92 194h188l44 122H48z" fill="#ffe6a6"
 opacity=".45"/><rect x="178" y="194" width="16" height="104" fill="{b}"/><rect x="126" y="294" width="120" height="26" rx="13" fill="{b}"/><path
 d="M226 194v38" stroke="{c}" stroke-width="4"/><circle cx="226" cy="238" r="8" fill="{c}"/><ellipse cx="186" cy="194" rx="100" ry="9" fill="#fff4cf"/>
<g transform="translate(270 276)"><rect width="76" height="14" y="30" rx="3" fill="{c}"/><rect width="66" height="14" x="6" y="16" rx="3"
 fill="#7b9bb8"/></g>""",
    "soap": """
<rect x="86" y="218" width="170" height="102" rx="28" fill="{a}"/><rect x="98" y="228" width="146" height="30" rx="15" fill="#fff" opacity=".3"/>
<rect x="138" y="140" width="160" height="94" rx="26" fill="{b}"/><rect x="150" y="150" width="136" height="26" rx="13" fill="#fff" opacity=".35"/>
<path d="M200 214c-12-24 4-44 36-50 6 30-8 50-36 50z" fill="{c}"/><g fill="#fff" opacity=".75"><circle cx="300" cy="280" r="28"/><circle cx="340"
 cy="248" r="15"/><circle cx="106" cy="186" r="18"/><circle cx="84" cy="150" r="10"/><circle cx="328" cy="304" r="13"/></g><g fill="#fff"><circle
 cx="292" cy="272" r="7"/><circle cx="336" cy="244" r="4"/><circle cx="101" cy="181" r="5"/></g>""",
    "blanket": """
<rect x="78" y="252" width="244" height="68" rx="30" fill="{a}"/><rect x="86" y="194" width="228" height="66" rx="30" fill="{b}"/><rect x="94"
 y="136" width="212" height="66" rx="30" fill="{a}"/><g stroke="#fff" opacity=".5" stroke-width="6"><path d="M130 142v54M166 140v58M202 140v58M238
 140v58M274 142v54M124 258v56M164 256v60M204 256v60M244 256v60M284 258v56"/></g><g fill="{c}"><path d="M108 226l16-14 16 14-16 14zM156
 226l16-14 16 14-16 14zM204 226l16-14 16 14-16 14zM252 226l16-14 16 14-16 14z"/></g><path d="M306 150c24 4 24 40 4 50M318 268c20 6 18 36 0 44"
 stroke="#000" stroke-opacity=".14" stroke-width="8" fill="none"/>""",
    "umbrella": """
<path d="M200 90v186c0 46-58 46-58 4" stroke="#6b4a35" stroke-width="12" fill="none" stroke-linecap="round"/><path d="M60 214c4-76 66-124
 140-124s136 48 140 124c-22-20-48-20-70 0-22-20-48-20-70 0-22-20-48-20-70 0-22-20-48-20-70 0z" fill="{a}"/><path d="M130 214c4-60 30-104
 70-124 40 20 66 64 70 124-22-20-48-20-70 0-22-20-48-20-70 0z" fill="{b}"/><path d="M200 90V74" stroke="#6b4a35" stroke-width="9" stroke-linecap="round"/>
<g stroke="{c}" stroke-width="7" stroke-linecap="round"><path d="M84 262l-8 24M300 256l-8 24M340 246l-8 24M262 296l-7 20M102 304l-5 14"/></g>""",
    "basket": """
<path d="M112 180c0-110 176-110 176 0" stroke="{b}" stroke-width="15" fill="none"/><path d="M80 178h240l-22 126a20 20 0 0 1-20 16H122a20 20 0 0
 1-20-16z" fill="{a}"/><g stroke="#000" stroke-opacity=".13" stroke-width="7" fill="none"><path d="M88 214h224M94 248h212M100 284h200M132 186l10
 130M166 186l6 130M200 186v130M234 186l-6 130M268 186l-10 130"/></g><rect x="72" y="168" width="256" height="24" rx="12" fill="{b}"/>
<path d="M120 168c6-34 44-44 60-18 16-24 48-18 54 4 22-14 44-6 48 14z" fill="{c}"/>""",
    "towel": """
<g transform="translate(0 6)"><rect x="84" y="246" width="232" height="68" rx="26" fill="{a}"/><rect x="92" y="180" width="216" height="68" rx="26"
 fill="{b}"/><rect x="100" y="114" width="200" height="68" rx="26" fill="{a}"/><path d="M256 114h22v68h-22zM262 180h22v68h-22zM268
 246h22v68h-22z" fill="{c}"/><g stroke="#fff" opacity=".55" stroke-width="5" stroke-linecap="round"><path d="M124 136h96M118 202h100M112
 268h106"/></g></g><circle cx="108" cy="92" r="13" fill="#fff" opacity=".7"/><circle cx="134" cy="72" r="8" fill="#fff" opacity=".7"/>""",
    "scarf": """
<path d="M112 152c0-60 176-60 176 0 0 38-34 56-88 56s-88-18-88-56z" fill="{a}"/><ellipse cx="200" cy="142" rx="56" ry="22" fill="#000" opacity=".16"/>
<path d="M176 194l70 2 26 112-72 12z" fill="{a}"/><path d="M152 196l60-2-8 108-72-6z" fill="{b}"/><g stroke="{c}" stroke-width="9"><path d="M142
 232l68 4M138 262l68 4M188 236l68-10M196 272l70-12"/></g><g stroke="{b}" stroke-width="7" stroke-linecap="round"><path d="M206 318l2 18M224
 315l3 18M242 312l4 18M260 309l4 18"/></g><g stroke="{a}" stroke-width="7" stroke-linecap="round"><path d="M138 296l-2 18M156 298l-2 18M174
 300l-2 18M192 302l-1 18"/></g><path d="M130 128c14-22 44-30 70-30" stroke="#fff" stroke-width="8" opacity=".3" fill="none" stroke-linecap="round"/>""",
    "beanie": """
<circle cx="200" cy="94" r="35" fill="{c}"/><path d="M92 256c0-88 44-142 108-142s108 54 108 142z" fill="{a}"/><g stroke="#fff" opacity=".3"
 stroke-width="7" fill="none"><path d="M200 116v140M154 126c-16 40-22 84-22 130M246 126c16 40 22 84 22 130"/></g><rect x="76" y="240" width="248"
 height="72" rx="28" fill="{b}"/><g stroke="#000" stroke-opacity=".12" stroke-width="7" stroke-linecap="round"><path d="M108 254v44M138 254v44M168
 254v44M200 254v44M232 254v44M262 254v44M292 254v44"/></g><path d="M182 88c4-10 12-14 22-14" stroke="#fff" stroke-width="6" opacity=".6" fill="none"
 stroke-linecap="round"/>""",
    "socks": """
<path d="M118 92h82v120l52 40c26 22 10 62-22 62-14 0-26-4-36-12l-66-52a36 36 0 0 1-10-24z" fill="{a}"/><path d="M118 92h82v40h-82z" fill="{b}"/>
<path d="M206 276l40-30c30 20 14 66-16 68-20 0-34-14-24-38zM118 214c0 18 8 30 20 40l28-36z" fill="{b}"/><g stroke="{c}" stroke-width="9"><path d="M118
 154h82M118 178h82"/></g><g transform="translate(96 6)"><path d="M122 92h76v122l50 40c24 20 8 58-20 58-12 0-24-4-34-12l-62-50a34 34 0 0
 1-10-24z" fill="{c}"/><path d="M122 92h76v40h-76z" fill="{b}"/><g stroke="{a}" stroke-width="9"><path d="M122 154h76M122 178h76"/></g></g>""",
    "gloves": """
<path d="M100 180c0-60 88-60 90 0l2 84h-94z" fill="{a}"/><path d="M188 196c20-30 48-14 38 14-6 16-20 26-36 30z" fill="{a}"/><rect x="88" y="254"
 width="114" height="60" rx="18" fill="{b}"/><g stroke="#000" stroke-opacity=".12" stroke-width="6" stroke-linecap="round"><path d="M112 266v36M134
 266v36M156 266v36M178 266v36"/></g><path d="M146 160l10 14 16 2-12 12 4 16-18-8-16 8 2-16-12-12 18-2z" fill="{c}"/><g transform="translate(404
 -22) scale(-.92 1) rotate(-14 200 200)"><path d="M100 180c0-60 88-60 90 0l2 84h-94z" fill="{a}"/><path d="M188 196c20-30 48-14 38 14-6 16-20
 26-36 30z" fill="{a}"/><rect x="88" y="254" width="114" height="60" rx="18" fill="{b}"/><path d="M146 160l10 14 16 2-12 12 4 16-18-8-16 8
 2-16-12-12 18-2z" fill="{c}"/></g>""",
    "vest": """
<path d="M138 96l-40 44c-10 60-12 120-6 176h216c6-56 4-116-6-176l-40-44c-16 24-108 24-124 0z" fill="{a}"/><path d="M98 140c24 20 30 60 26
 100l-34 20c0-40 2-80 8-120zM302 140c-24 20-30 60-26 100l34 20c0-40-2-80-8-120z" fill="#000" opacity=".14"/><g stroke="#000"
 stroke-opacity=".15" stroke-width="6" fill="none"><path d="M122 170c50 10 106 10 156 0M122 210c50 10 106 10 156 0M94 252c70 12 142 12 212
 0M92 288c70 12 146 12 216 0"/></g><path d="M200 116v200" stroke="{c}" stroke-width="8"/><path d="M138 96c0-34 124-34 124 0-16 28-108 28-124
 0z" fill="{b}"/><rect x="130" y="262" width="46" height="10" rx="5" fill="{b}"/><rect x="224" y="262" width="46" height="10" rx="5" fill="{b}"/>""",
    "slippers": """
<path d="M78 212c0-66 104-66 104 0v60c0 64-104 64-104 0z" fill="{b}"/><path d="M70 208c0-88 120-88 120 0 0 24-12 38-60 38s-60-14-60-38z" fill="{a}"/>
<path d="M74 226c20 26 92 26 112 0" stroke="#fff" stroke-width="18" fill="none" stroke-linecap="round"/><path d="M218 212c0-66 104-66 104 0v60c0
 64-104 64-104 0z" fill="{b}"/><path d="M210 208c0-88 120-88 120 0 0 24-12 38-60 38s-60-14-60-38z" fill="{a}"/><path d="M214 226c20 26 92 26 112
 0" stroke="#fff" stroke-width="18" fill="none" stroke-linecap="round"/><g fill="{c}"><circle cx="114" cy="186" r="5"/><circle cx="146" cy="186"
 r="5"/><path d="M122 198h16l-8 9zM262 198h16l-8 9z"/><circle cx="254" cy="186" r="5"/><circle cx="286" cy="186" r="5"/></g>""",
}
