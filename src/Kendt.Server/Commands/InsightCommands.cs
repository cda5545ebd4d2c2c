using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Kendt.Server.Commands;

/// <summary>What segments tell: commands below <c>kendt segment</c>.</summary>
internal static class InsightCommands
{
    public static Command[] Make() => [Trend(), Overlap(), Apart(), Compare(), .. JourneyCommands.Make()];

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
        var exact = Exact();
        var command = new Command("apart", CommandLine.Help("What sets members apart: 100 is like everybody; with the interval that has the truth in it 19 times of 20.", "kendt segment apart gold", "kendt segment apart gold --among buyers")).With(name, among, limit, exact);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync($"/v1/segments/{Uri.EscapeDataString(parse.GetValue(name)!)}/apart" + SegmentCommand.Query(("among", parse.GetValue(among)), ("limit", parse.GetValue(limit).ToString(CultureInfo.InvariantCulture)), ("exact", parse.GetValue(exact) ? "true" : null)), cancel);
            if (answer.IsJson)
            {
                answer.Json(found);
                return 0;
            }
            answer.Table(["index", "from", "to", "members", "people", "own", "what"], Rows(found, "findings", "index", "low", "high", "members", "people", "own", "what"));
            if (found.GetProperty("looked").GetInt64() < found.GetProperty("people").GetInt64()) answer.Line($"{found.Text("looked")} of {found.Text("people")} people were looked at, the same each time; counts are estimates. --exact counts everybody.");
            return 0;
        });
        return command;
    }

    private static Command Compare()
    {
        var (a, b) = (new Argument<string>("A") { Description = "A segment" }, new Argument<string>("B") { Description = "Another" });
        var of = new Option<string>("--of") { Description = "trait:NAME or measure:NAME", Required = true, HelpName = "WHAT" };
        var command = new Command("compare", CommandLine.Help("Two segments by a trait or measure, with the difference and its interval.", "kendt segment compare gold silver --of measure:lifetime-spend", "kendt segment compare gold silver --of trait:city")).With(a, b, of);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/segments/compare" + SegmentCommand.Query(("a", parse.GetValue(a)), ("b", parse.GetValue(b)), ("of", parse.GetValue(of))), cancel);
            if (answer.IsJson)
            {
                answer.Json(found);
                return 0;
            }
            string[] sides = ["a", "b"];
            var numbers = sides.Select(s => found.GetProperty(s)).Where(s => s.GetProperty("numbers").ValueKind is JsonValueKind.Object).ToList();
            if (numbers.Count > 0)
            {
                answer.Table(["segment", "members", "with it", "mean", "median"], numbers.Select(s => (IReadOnlyList<string>)[s.Text("name"), s.Text("members"), s.GetProperty("numbers").Text("count"), Figure(s.GetProperty("numbers"), "mean"), Figure(s.GetProperty("numbers"), "median")]));
                if (found.GetProperty("means") is { ValueKind: JsonValueKind.Object } means) answer.Line($"The means differ by {Figure(means, "value")}, 19 times of 20 by {Figure(means, "low")} to {Figure(means, "high")}.");
                answer.Line("");
            }
            if (found.GetProperty("parts").GetArrayLength() == 0)
            {
                answer.Line(found.GetProperty("holders").GetInt64() == 0 ? "No member of either has it." : $"Its {found.Text("values")} different values among {found.Text("holders")} people say nothing of groups. Compare by a measure, or by a trait whose values come again.");
                return 0;
            }
            answer.Table(["a %", "b %", "differ by", "from", "to", "what"], found.GetProperty("parts").EnumerateArray().Select(p => (IReadOnlyList<string>)
                [Percent(p, "partOfA"), Percent(p, "partOfB"), .. p.GetProperty("difference") is { ValueKind: JsonValueKind.Object } d ? new[] { Percent(d, "value"), Percent(d, "low"), Percent(d, "high") } : ["-", "-", "-"], p.Text("what")]));
            return 0;
        });
        return command;
    }

    internal static string Percent(JsonElement element, string field) => (100 * element.GetProperty(field).GetDouble()).ToString("0.0", CultureInfo.InvariantCulture);

    internal static string Figure(JsonElement element, string field) => element.GetProperty(field).GetDouble().ToString("0.##", CultureInfo.InvariantCulture);

    internal static Option<bool> Exact() => new("--exact") { Description = "Look at everybody, however many: exact, and slower" };

    internal static Argument<string> Name() => new("NAME") { Description = "The segment's name" };

    internal static IEnumerable<IReadOnlyList<string>> Rows(JsonElement found, string list, params string[] fields) =>
        found.GetProperty(list).EnumerateArray().Select(e => (IReadOnlyList<string>)[.. fields.Select(f => e.Text(f))]);
}
