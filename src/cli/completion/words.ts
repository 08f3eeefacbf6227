import type { Command } from "commander";

/** The words that may follow a command, for shell completion. */
export interface CompletionPlace {
  /** The command's words, such as `autop apply`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Completion[];
  /** Long names with their dashes. */
  readonly options: readonly Completion[];
}

export interface Completion {
  readonly word: string;
  readonly description: string;
}

/** The program and each of its commands, as they are registered. */
export function completionPlaces(program: Command): readonly CompletionPlace[] {
  return placesOf(program, "");
}

function placesOf(command: Command, path: string): readonly CompletionPlace[] {
  const help = command.createHelp();
  const commands = help
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), description: firstSentence(help.subcommandDescription(one)) }));
  const options = help.visibleOptions(command).flatMap((option) => {
    if (option.long === undefined || option.long === null) return [];
    return [{ word: option.long, description: firstSentence(help.optionDescription(option)) }];
  });
  const below = command.commands.flatMap((one) => placesOf(one, path === "" ? one.name() : `${path} ${one.name()}`));
  return [{ path, commands, options }, ...below];
}

function firstSentence(text: string): string {
  return text.split("\n")[0] ?? "";
}
