using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Kendt.Server.Commands;

/// <summary>What segments tell: commands below <c>kendt segment</c>.</summary>
internal static class InsightCommands
{
    public static Command[] Make() => [Trend(), Overlap(), Apart()];

    private static Command Trend()
    {
        var name = Name();
        var days = new Option<int>("--days") { Description = "How far back", DefaultValueFactory = _ => 30 };
        var command = new Command("trend", CommandLine.Help("Size, entered and left by day.", "kendt segment trend gold --days 90")).With(name, days);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync($"/v1/segments/{Uri.EscapeDataString(parse.GetValue(name)!)}/trend?days={parse.GetValue(days).ToString(CultureInfo.InvariantCulture)}", cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["day", "size", "entered", "left"], Rows(found, "days", "day", "size", "entered", "left"));
            return 0;
        });
        return command;
    }

    private static Command Overlap()
    {
        var names = new Argument<string[]>("NAME") { Description = "Two segments or more", Arity = ArgumentArity.OneOrMore };
        var command = new Command("overlap", CommandLine.Help("How segments share their members: every combination and every pair.", "kendt segment overlap gold hikers left-a-basket")).With(names);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/segments/overlap?" + string.Join('&', parse.GetValue(names)!.Select(n => "of=" + Uri.EscapeDataString(n))), cancel);
            if (answer.IsJson)
            {
                answer.Json(found);
                return 0;
            }
            answer.Table(["people", "in all of these and none of the others"], found.GetProperty("combinations").EnumerateArray().Select(c => (IReadOnlyList<string>)[c.Text("people"), string.Join(" + ", c.GetProperty("in").EnumerateArray().Select(n => n.GetString()))]));
            answer.Line("");
            answer.Table(["a", "b", "both", "jaccard", "lift"], Rows(found, "pairs", "a", "b", "both", "jaccard", "lift"));
            return 0;
        });
        return command;
    }

    private static Command Apart()
    {
        var name = Name();
        var among = new Option<string?>("--among") { Description = "Look at the members of this segment instead of everybody", HelpName = "SEGMENT" };
        var limit = new Option<int>("--limit") { Description = "How many at most", DefaultValueFactory = _ => 30 };
        var command = new Command("apart", CommandLine.Help("What sets members apart: 100 is like everybody; with the interval that has the truth in it 19 times of 20.", "kendt segment apart gold", "kendt segment apart gold --among buyers")).With(name, among, limit);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync($"/v1/segments/{Uri.EscapeDataString(parse.GetValue(name)!)}/apart" + SegmentCommand.Query(("among", parse.GetValue(among)), ("limit", parse.GetValue(limit).ToString(CultureInfo.InvariantCulture))), cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["index", "from", "to", "members", "people", "own", "what"], Rows(found, "findings", "index", "low", "high", "members", "people", "own", "what"));
            return 0;
        });
        return command;
    }

    internal static Argument<string> Name() => new("NAME") { Description = "The segment's name" };

    internal static IEnumerable<IReadOnlyList<string>> Rows(JsonElement found, string list, params string[] fields) =>
        found.GetProperty(list).EnumerateArray().Select(e => (IReadOnlyList<string>)[.. fields.Select(f => e.Text(f))]);
}
