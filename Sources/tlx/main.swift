import TLXPrompt

Program.main(Array(CommandLine.arguments.dropFirst()))
