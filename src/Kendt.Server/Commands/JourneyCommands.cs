using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Server.Commands;

/// <summary>Funnels, cohorts and suggested segments: commands below <c>kendt segment</c>.</summary>
internal static class JourneyCommands
{
    public static Command[] Make() => [Funnel(), Cohorts(), Suggest()];

    private static Command Funnel()
    {
        var steps = new Option<string[]>("--step") { Description = "The name of an event; two or more, in order", HelpName = "EVENT" };
        var span = new Option<string?>("--span") { Description = "The longest time from the first step to the last, as in 7d", HelpName = "TIME" };
        var within = new Option<string?>("--within") { Description = "The first step is in the last so much time, as in 90d", HelpName = "TIME" };
        var rule = new Option<FileInfo?>("--rule") { Description = "A sequence as JSON or YAML instead, with where, after and without", HelpName = "FILE" };
        var by = new Option<string[]>("--by") { Description = "A segment to show beside all; may be repeated", HelpName = "SEGMENT" };
        var exact = InsightCommands.Exact();
        var command = new Command("funnel", CommandLine.Help("How many people came how far through a sequence of events.", "kendt segment funnel --step \"Product Viewed\" --step \"Order Completed\" --span 7d --within 90d --by gold", "kendt segment funnel --rule checkout.yaml")).With(steps, span, within, rule, by, exact);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var body = parse.GetValue(rule) is { } file ? await SegmentCommand.ReadAsync(file, cancel) : Sequence(parse.GetValue(steps) ?? [], parse.GetValue(span), parse.GetValue(within));
            var groups = string.Join('&', (parse.GetValue(by) ?? []).Select(s => "by=" + Uri.EscapeDataString(s)));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/segments/funnel?" + groups + (parse.GetValue(exact) ? "&exact=true" : "")) { Content = new StringContent(body) };
            var found = await gateway.SendAsync(request, cancel);
            if (answer.IsJson)
            {
                answer.Json(found);
                return 0;
            }
            var segments = found.GetProperty("segments").EnumerateArray().ToList();
            answer.Table(["people", "of first %", "of before %", "half within", .. segments.Select(s => s.Text("name")), "step"], found.GetProperty("steps").EnumerateArray().Select((s, i) => (IReadOnlyList<string>)
                [s.Text("people"), InsightCommands.Percent(s, "ofFirst"), InsightCommands.Percent(s, "ofBefore"), s.GetProperty("medianSeconds") is { ValueKind: JsonValueKind.Number } median ? Length(median.GetDouble()) : "-", .. segments.Select(g => g.GetProperty("people")[i].GetRawText()), s.Text("what")]));
            if (found.GetProperty("steps")[0].GetProperty("people").GetInt64() > found.GetProperty("looked").GetInt64()) answer.Line($"{found.Text("looked")} of those who began were looked at, the same each time; what comes after is an estimate. --exact counts everybody.");
            return 0;
        });
        return command;
    }

    private static Command Cohorts()
    {
        var first = new Option<string>("--first") { Description = "The event whose first puts a person into a cohort", Required = true, HelpName = "EVENT" };
        var back = new Option<string?>("--back") { Description = "The event that counts as coming back; the same if left out", HelpName = "EVENT" };
        var unit = new Option<string>("--unit") { Description = "day, week, month or quarter", DefaultValueFactory = _ => "month" };
        var periods = new Option<int>("--periods") { Description = "How many, this one included", DefaultValueFactory = _ => 12 };
        var segment = new Option<string?>("--segment") { Description = "Only its members", HelpName = "SEGMENT" };
        var command = new Command("cohorts", CommandLine.Help("Who came back how long after they began, in percent.", "kendt segment cohorts --first \"Order Completed\" --unit month --periods 12")).With(first, back, unit, periods, segment);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/segments/cohorts" + SegmentCommand.Query(("first", parse.GetValue(first)), ("back", parse.GetValue(back)), ("unit", parse.GetValue(unit)), ("periods", parse.GetValue(periods).ToString(CultureInfo.InvariantCulture)), ("segment", parse.GetValue(segment))), cancel);
            if (answer.IsJson)
            {
                answer.Json(found);
                return 0;
            }
            var count = found.GetProperty("cohorts").GetArrayLength();
            answer.Table(["began", "people", .. Enumerable.Range(0, count).Select(i => $"+{i}")], found.GetProperty("cohorts").EnumerateArray().Select(c => (IReadOnlyList<string>)
                [c.Text("from")[..10], c.Text("people"), .. Enumerable.Range(0, count).Select(i => i >= c.GetProperty("back").GetArrayLength() || c.GetProperty("people").GetInt64() is 0 ? "" : (100.0 * c.GetProperty("back")[i].GetProperty("people").GetInt64() / c.GetProperty("people").GetInt64()).ToString("0", CultureInfo.InvariantCulture))]));
            return 0;
        });
        return command;
    }

    private static Command Suggest()
    {
        var kind = new Argument<string>("KIND") { Description = "families, clusters or subgroups" };
        var measure = new Option<string?>("--measure") { Description = "Of subgroups: the measure that should be unusual", HelpName = "MEASURE" };
        var orders = new Option<string?>("--orders") { Description = "The event that is an order, if it is not Order Completed", HelpName = "EVENT" };
        var worth = new Option<string?>("--worth") { Description = "Its property with the amount, if it is not total", HelpName = "PROPERTY" };
        var put = new Option<string?>("--put") { Description = "Store the suggestion of this key as a segment of that name", HelpName = "KEY" };
        var command = new Command("suggest", CommandLine.Help("Segments that could be, each ready to be stored.", "kendt segment suggest families", "kendt segment suggest clusters", "kendt segment suggest subgroups --measure lifetime-spend", "kendt segment suggest families --put slipping-away")).With(kind, measure, orders, worth, put);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/segments/suggested" + SegmentCommand.Query(("kind", parse.GetValue(kind)), ("measure", parse.GetValue(measure)), ("orders", parse.GetValue(orders)), ("worth", parse.GetValue(worth))), cancel);
            var suggestions = found.GetProperty("suggestions").EnumerateArray().ToList();
            if (parse.GetValue(put) is { } key)
            {
                var chosen = suggestions.Find(s => s.Text("key") == key);
                if (chosen.ValueKind is JsonValueKind.Undefined) throw new BadInputException($"There is no suggestion '{key}'; there are {string.Join(", ", suggestions.Select(s => s.Text("key")))}.");
                using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/segments/" + Uri.EscapeDataString(key)) { Content = new StringContent(chosen.GetProperty("rule").GetRawText()) };
                answer.Json(await gateway.SendAsync(request, cancel));
            }
            else if (answer.IsJson)
            {
                answer.Json(found);
            }
            else if (parse.GetValue(kind) == "subgroups")
            {
                answer.Table(["key", "people", "mean found", "of", "mean held", "of", "what"], suggestions.Select(s => (s, check: s.GetProperty("check"))).Select(s => (IReadOnlyList<string>)
                    [s.s.Text("key"), s.s.Text("people"), InsightCommands.Figure(s.check.GetProperty("found"), "mean"), s.check.GetProperty("found").Text("people"), InsightCommands.Figure(s.check.GetProperty("held"), "mean"), s.check.GetProperty("held").Text("people"), s.s.Text("what")]));
            }
            else
            {
                answer.Table(["key", "people", "mean", "of the sum %", "what"], suggestions.Select(s => (IReadOnlyList<string>)[s.Text("key"), s.Text("people"), InsightCommands.Figure(s, "mean"), InsightCommands.Percent(s, "partOfSum"), s.Text("what")]));
            }
            return 0;
        });
        return command;
    }

    private static string Sequence(string[] steps, string? span, string? within)
    {
        var rule = new Dictionary<string, object> { ["sequence"] = steps.Select(s => new Dictionary<string, string> { ["event"] = s }) };
        if (span is not null) rule["span"] = span;
        if (within is not null) rule["within"] = within;
        return JsonSerializer.Serialize(rule);
    }

    private static string Length(double seconds) => TimeSpan.FromSeconds(seconds) is var span && span.TotalDays >= 2 ? $"{span.TotalDays:0.0} d" : span.TotalHours >= 2 ? $"{span.TotalHours:0.0} h" : $"{span.TotalMinutes:0.0} min";
}
