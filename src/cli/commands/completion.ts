import { Argument, type Command } from "commander";
import type { CliIo } from "../io.ts";

const EXAMPLES = `
Examples:
  akuvox-cpe completion bash >/etc/bash_completion.d/akuvox-cpe
  akuvox-cpe completion zsh >/usr/local/share/zsh/site-functions/_akuvox-cpe
  eval "$(akuvox-cpe completion bash)"           in this shell alone
`;

export function registerCompletion(program: Command, io: CliIo): void {
  program
    .command("completion")
    .description("print a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "bash or zsh").choices(["bash", "zsh"]))
    .addHelpText("after", EXAMPLES)
    .action(async (shell: string) => {
      const { completionPlaces } = await import("../completion/words.ts");
      const { bashCompletion, zshCompletion } = await import("../completion/scripts.ts");
      const places = completionPlaces(program);
      io.stdout(shell === "zsh" ? zshCompletion(places) : bashCompletion(places));
    });
}
