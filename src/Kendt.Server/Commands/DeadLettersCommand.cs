using System.CommandLine;
using Kendt.Model;

namespace Kendt.Server.Commands;

internal static class DeadLettersCommand
{
    private static readonly Option<string?> Source = new("--source") { Description = "Only of this source", HelpName = "NAME" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Only with exactly this reason", HelpName = "TEXT" };
    private static readonly Option<string?> Text = new("--text") { Description = "Only with this in the reason or the body", HelpName = "TEXT" };
    private static readonly Option<bool> All = new("--all") { Description = "Every dead letter" };
    private static readonly Argument<string[]> Ids = new("ID") { Description = "Ids of letters; or mean them by the options", Arity = ArgumentArity.ZeroOrMore };

    public static Command Make() => new("dead-letters", "What could not be taken: see it, mend it, take it again") { List(), Show(), Fix(), Replay(), Discard() };

    private static Command List()
    {
        var reasons = new Option<bool>("--reasons") { Description = "Count them by reason instead" };
        var limit = new Option<int>("--limit") { Description = "How many", DefaultValueFactory = _ => 50 };
        var command = new Command("list", CommandLine.Help("Show what was refused, the newest first.", "kendt dead-letters list --source webshop", "kendt dead-letters list --reasons")).With(Source, Reason, Text, reasons, limit);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var query = SegmentCommand.Query(("source", parse.GetValue(Source)), ("reason", parse.GetValue(Reason)), ("text", parse.GetValue(Text)), ("take", $"{parse.GetValue(limit)}"));
            var byReason = parse.GetValue(reasons);
            var found = await gateway.GetAsync("/v1/dead-letters" + (byReason ? "/reasons" : "") + query, cancel);
            if (answer.IsJson) answer.Json(found);
            else if (byReason) answer.Table(["letters", "source", "last seen", "reason"], found.EnumerateArray().Select(r => (IReadOnlyList<string>)[r.Text("count"), r.Text("source"), r.Text("lastSeen"), r.Text("reason")]));
            else
            {
                answer.Table(["id", "received", "source", "tries", "reason"], found.GetProperty("deadLetters").EnumerateArray().Select(l => (IReadOnlyList<string>)[l.Text("id"), l.Text("receivedAt"), l.Text("source"), l.Text("tries"), l.Text("reason")]));
                answer.Line($"{found.Text("total")} in all");
            }
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "The letter's id" };
        var command = new Command("show", CommandLine.Help("Show one letter whole, and what it would become if it were replayed now.", "kendt dead-letters show 019a1b2c-...")).With(id);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.GetAsync("/v1/dead-letters/" + Uri.EscapeDataString(parse.GetValue(id)!), cancel));
            return 0;
        });
        return command;
    }

    private static Command Fix()
    {
        var body = new Option<FileInfo?>("--body") { Description = "The mended body of one letter", HelpName = "FILE" };
        var mapping = new Option<FileInfo?>("--mapping") { Description = "The mended mapping of rows (YAML)", HelpName = "FILE" };
        var undo = new Option<bool>("--as-sent") { Description = "Take a mended body back" };
        var command = new Command("fix", CommandLine.Help("Mend a letter's body, or the mapping of rows, and see what it becomes. Nothing is taken before 'replay'.",
            "kendt dead-letters fix 019a1b2c-... --body order.json", "kendt dead-letters fix --source loyalty --mapping loyalty.yaml")).With(Ids, body, mapping, undo, Source, Reason, Text, All);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            if (parse.GetValue(mapping) is { } yaml) answer.Json(await gateway.PostAsync("/v1/dead-letters/mapping", Meant(parse, await SegmentCommand.ReadAsync(yaml, cancel)), cancel));
            else if (parse.GetValue(Ids) is not [var id]) throw new BadInputException("Name one letter by its id, with --body FILE or --as-sent; or many with --mapping FILE.");
            else if (parse.GetValue(undo)) answer.Json(await gateway.PutAsync("/v1/dead-letters/" + Uri.EscapeDataString(id), new { body = (string?)null }, cancel));
            else answer.Json(await gateway.PutAsync("/v1/dead-letters/" + Uri.EscapeDataString(id), new { body = await SegmentCommand.ReadAsync(parse.GetValue(body) ?? throw new BadInputException("Give the mended body with --body FILE."), cancel) }, cancel));
            return 0;
        });
        return command;
    }

    private static Command Replay()
    {
        var command = new Command("replay", CommandLine.Help("Take letters again: some by id, or all of a source or reason. What fails stays, with its new reason.",
            "kendt dead-letters replay 019a1b2c-...", "kendt dead-letters replay --source webshop --reason 'event is missing: a track names what happened.'")).With(Ids, Source, Reason, Text, All);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var done = await gateway.PostAsync("/v1/dead-letters/replay", Meant(parse, null), cancel);
            if (done.TryGetProperty("steps", out _))
            {
                done = await JobProgressLine.FollowAsync(gateway.Client, done.Text("id"), parse.InvocationConfiguration.Error, cancel);
                if (done.Text("state") != "done") throw new CannotException(done.Text("error") is { Length: > 0 } error ? error : "The replay was stopped.");
                if (!answer.IsJson) answer.Line(done.GetProperty("steps")[0].Text("note") is { Length: > 0 } note ? note : "There was no such letter.");
            }
            else if (!answer.IsJson)
            {
                answer.Line($"{done.Text("taken")} taken, {done.Text("failed")} failed again");
                foreach (var failure in done.GetProperty("failures").EnumerateArray()) answer.Line($"{failure.Text("id")}  {failure.Text("reason")}");
            }
            if (answer.IsJson) answer.Json(done);
            return done.TryGetProperty("failed", out var failed) && failed.GetInt64() > 0 ? 1 : 0;
        });
        return command;
    }

    private static Command Discard()
    {
        var command = new Command("discard", CommandLine.Help("Remove letters that nobody wants any more. What they say is gone; that it was done is in the audit.", "kendt dead-letters discard 019a1b2c-...", "kendt dead-letters discard --source test")).With(Ids, Source, Reason, Text, All);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var done = await gateway.PostAsync("/v1/dead-letters/discard", Meant(parse, null), cancel);
            if (answer.IsJson) answer.Json(done);
            else answer.Line($"{done.Text("discarded")} discarded");
            return 0;
        });
        return command;
    }

    private static object Meant(ParseResult parse, string? mapping) => new
    {
        ids = parse.GetValue(Ids) is { Length: > 0 } ids ? ids.Select(i => Guid.TryParse(i, out var id) ? id : throw new BadInputException($"'{i}' is no id of a dead letter. 'kendt dead-letters list' shows them.")) : null,
        source = parse.GetValue(Source),
        reason = parse.GetValue(Reason),
        text = parse.GetValue(Text),
        all = parse.GetValue(All),
        mapping,
    };
}
