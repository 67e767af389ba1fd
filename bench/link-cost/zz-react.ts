import { linkProcess, reaction, PAUSED_BY } from "/work/main/bench/link-cost/cases.ts";
for (let i=0;i<3;i++){ await using s = await linkProcess([PAUSED_BY]); console.log(await reaction(s.url, 600, 5000)); }
{ await using s = await linkProcess([PAUSED_BY]); console.log("no others", await reaction(s.url, 600, 0)); }
