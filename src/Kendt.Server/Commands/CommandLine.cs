using System.CommandLine;
using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Commands;

/// <summary>What every command shares: the workspace, the form of its answer, and how it ends.</summary>
public static class CommandLine
{
    internal static readonly Option<string> Data = new("--data") { Description = "The workspace's folder", HelpName = "DIR", Recursive = true, DefaultValueFactory = _ => new KendtOptions().Data };
    internal static readonly Option<string?> Postgres = new("--postgres") { Description = "Keep the data in PostgreSQL instead: Host=...;Username=...;Password=...;Database=...", HelpName = "CONNECTION", Recursive = true, DefaultValueFactory = _ => new KendtOptions().Postgres };
    internal static readonly Option<bool> Json = new("--json") { Description = "Print JSON for programs instead of a table for people", Recursive = true };

    /// <summary>Runs one command line.</summary>
    /// <returns>0 when it was done, 1 when it failed, 2 when what was given cannot be used.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in parsed.Errors) await error.WriteLineAsync(fault.Message.AsMemory(), cancel);
            await error.WriteLineAsync($"Say: kendt {string.Join(' ', Path(parsed.CommandResult.Command))} --help".AsMemory(), cancel);
            return 2;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancel);
        }
        catch (BadInputException fault)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return 2;
        }
        catch (CannotException fault)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return 1;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await error.WriteLineAsync("Stopped.".AsMemory(), CancellationToken.None);
            return 1;
        }
        catch (Kendt.Store.SqlException fault)
        {
            await error.WriteLineAsync($"A store refused: {fault.InnerException?.Message} Check that the disk is not full and the database answers, then start again: nothing that was acknowledged is lost.".AsMemory(), CancellationToken.None);
            return 1;
        }
        catch (HttpRequestException fault)
        {
            await error.WriteLineAsync($"The server of this workspace went away ({fault.Message}). Start it again: nothing that was acknowledged is lost.".AsMemory(), CancellationToken.None);
            return 1;
        }
        catch (IOException fault)
        {
            await error.WriteLineAsync(Disk.Explain(fault).AsMemory(), CancellationToken.None);
            return 1;
        }
    }

    /// <summary>The commands, as <c>--help</c> shows them.</summary>
    public static RootCommand Root() => new("Kendt: know your customers. A customer data platform and a data management platform in one program.")
    {
        Data, Postgres, Json,
        DemoCommand.Make(),
        ServeCommand.Make(),
        ImportCommand.Make(),
        ExportCommand.Make(),
        SqlCommand.Make(),
        SourceCommand.Make(), PickupCommand.Make(),
        StreamCommand.Make(),
        DeadLettersCommand.Make(),
        PlanCommand.Make(),
        UnifyCommand.Make(),
        IdentityCommand.Make(),
        MatchCommand.Make(),
        SyncCommand.Make(),
        WebhookCommand.Make(),
        TokenCommand.Make(),
        MemberCommand.Make(),
        SegmentCommand.Make(),
        MeasureCommand.Make(),
        SubscriptionCommand.Make(),
        ProfileCommand.Make(),
        QuestionsCommand.Make(),
        CheckCommand.Make(),
        VersionCommand.Make(),
    };

    internal static KendtOptions Options(ParseResult parse) => new KendtOptions { Data = parse.GetValue(Data)!, Postgres = parse.GetValue(Postgres) }.Validated();

    /// <summary>A command that asks the workspace's server, or opens the workspace itself for as long as it runs.</summary>
    internal static void Ask(this Command command, Func<ParseResult, Gateway, Answer, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parse, cancel) =>
        {
            await using var gateway = await Gateway.OpenAsync(Options(parse), cancel);
            return await work(parse, gateway, new Answer(parse.InvocationConfiguration.Output, parse.GetValue(Json)), cancel);
        });

    internal static Command With(this Command command, params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option: command.Options.Add(option); break;
                case Argument argument: command.Arguments.Add(argument); break;
                case Command child: command.Subcommands.Add(child); break;
            }
        }
        return command;
    }

    /// <summary>A description with examples below it.</summary>
    internal static string Help(string what, params string[] examples) =>
        what + Environment.NewLine + Environment.NewLine + "Examples:" + Environment.NewLine + string.Join(Environment.NewLine, examples.Select(e => "  " + e));

    private static IEnumerable<string> Path(Command command) =>
        command is RootCommand ? [] : [.. command.Parents.OfType<Command>().Take(1).SelectMany(Path), command.Name];
}

/// <summary>Prints what a command found: a plain table for people, JSON for programs.</summary>
internal sealed class Answer(TextWriter output, bool json)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public TextWriter Output { get; } = output;

    public bool IsJson { get; } = json;

    public void Line(string text) => Output.WriteLine(text);

    public void Json(JsonElement value) => Output.WriteLine(JsonSerializer.Serialize(value, Indented));

    /// <summary>Rows of text under their headings, columns as wide as they need to be.</summary>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        var widths = headings.Select((h, i) => Math.Max(h.Length, all.Count == 0 ? 0 : all.Max(r => r[i].Length))).ToArray();
        Line(Row(headings, widths));
        Line(string.Join("  ", widths.Select(w => new string('-', w))));
        foreach (var row in all) Line(Row(row, widths));
    }

    private static string Row(IReadOnlyList<string> cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, i) => i == cells.Count - 1 ? cell : cell.PadRight(widths[i]))).TrimEnd();
}
