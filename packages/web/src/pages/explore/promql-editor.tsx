/** The editor: PromQL's own highlighting, its mistakes underlined, names completed from what Haltwatch has. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewline } from "@codemirror/commands";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { usePage } from "../../shell/page-context.ts";
import { seriesNames } from "./series-names.ts";

export interface PromqlEditorProps {
  /** What was asked last. Another one, of somebody who has gone back for instance, takes the place of what was written. */
  readonly asked: string;
  readonly onChange: (text: string) => void;
  readonly onRun: (text: string) => void;
}

export function PromqlEditor({ asked, onChange, onRun }: PromqlEditorProps): JSX.Element {
  const { api } = usePage();
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | undefined>(undefined);
  const first = useRef(asked);
  const handlers = useRef({ onChange, onRun });
  handlers.current = { onChange, onRun };

  useEffect(() => {
    if (parent.current === null) return undefined;
    const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
    const promql = new PromQLExtension().setComplete({ remote: seriesNames(api) });
    const view = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          // The page's policy lets no other style elements through.
          EditorView.cspNonce.of(nonce),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            "aria-label": "PromQL expression",
            spellcheck: "false",
            autocapitalize: "off",
          }),
          placeholder("PromQL, for instance up"),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          syntaxHighlighting(classHighlighter),
          promql.asExtension(),
          Prec.high(
            keymap.of([
              {
                key: "Enter",
                run: ({ state }) => {
                  handlers.current.onRun(state.doc.toString());
                  return true;
                },
                shift: insertNewline,
              },
            ]),
          ),
          // Tab is left to the browser: whoever uses a keyboard can leave.
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) handlers.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    view.focus();
    return () => {
      promql.destroy();
      view.destroy();
    };
  }, [api]);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined || view.state.doc.toString() === asked) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: asked } });
  }, [asked]);

  return <div class="hw-explore-editor" ref={parent} />;
}
