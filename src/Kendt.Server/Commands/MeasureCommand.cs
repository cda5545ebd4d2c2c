using System.CommandLine;
using System.Text.Json;

namespace Kendt.Server.Commands;

internal static class MeasureCommand
{
    public static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "The measure's name" };
        var file = new Option<FileInfo?>("--file") { Description = "The measure as JSON or YAML", HelpName = "FILE" };
        var template = new Option<string?>("--template") { Description = "A measure that is ready to take", HelpName = "TEMPLATE" };
        var whole = new Option<bool>("--whole") { Description = "Compute everybody's, not only what has changed" };

        var list = new Command("list", CommandLine.Help("The stored measures.", "kendt measure list"));
        list.Ask(async (_, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/measures", cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["measure", "of", "figures", "median", "highest", "definition"], found.EnumerateArray().Select(m => (IReadOnlyList<string>)[m.Text("name"), m.Text("level"), Spread(m, "count"), Spread(m, "median"), Spread(m, "most"), m.GetProperty("measure").GetRawText()]));
            return 0;
        });
        var templates = new Command("templates", CommandLine.Help("Measures ready to take.", "kendt measure templates"));
        templates.Ask(async (_, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/measures/templates", cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["template", "of", "title"], found.EnumerateArray().Select(m => (IReadOnlyList<string>)[m.Text("name"), m.Text("level"), m.Text("title")]));
            return 0;
        });
        var show = new Command("show", CommandLine.Help("One measure and those with the highest figures.", "kendt measure show lifetime-spend")).With(name);
        show.Ask(async (parse, gateway, answer, cancel) => Print(answer, await gateway.GetAsync(Path(parse.GetValue(name)!), cancel)));
        var put = new Command("put", CommandLine.Help("Create or replace a measure.", "kendt measure put lifetime-spend --template lifetime-spend", "kendt measure put big-baskets --file big-baskets.yaml")).With(name, file, template);
        put.Ask(async (parse, gateway, answer, cancel) =>
        {
            string text;
            if (parse.GetValue(template) is { } wanted)
            {
                var known = (await gateway.GetAsync("/v1/measures/templates", cancel)).EnumerateArray().Where(t => t.Text("name") == wanted).ToList();
                if (known.Count == 0) throw new Kendt.Model.BadInputException($"There is no template '{wanted}'. 'kendt measure templates' shows them.");
                text = JsonSerializer.Serialize(new { title = known[0].Text("title"), level = known[0].Text("level"), measure = known[0].GetProperty("measure") });
            }
            else
            {
                text = await SegmentCommand.ReadAsync(parse.GetValue(file) ?? throw new Kendt.Model.BadInputException("Name the measure's file with --file FILE, or one that is ready with --template NAME."), cancel);
            }
            using var request = new HttpRequestMessage(HttpMethod.Put, Path(parse.GetValue(name)!)) { Content = new StringContent(text) };
            return Print(answer, await gateway.SendAsync(request, cancel));
        });
        var refresh = new Command("refresh", CommandLine.Help("Bring a measure's figures up to date.", "kendt measure refresh lifetime-spend")).With(name, whole);
        refresh.Ask(async (parse, gateway, answer, cancel) => Print(answer, await gateway.PostAsync(Path(parse.GetValue(name)!) + "/refresh?whole=" + (parse.GetValue(whole) ? "true" : "false"), new { }, cancel)));
        var remove = new Command("remove", CommandLine.Help("Remove a measure and its figures.", "kendt measure remove big-baskets")).With(name);
        remove.Ask(async (parse, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, Path(parse.GetValue(name)!));
            return Print(answer, await gateway.SendAsync(request, cancel));
        });
        return new Command("measure", "Numbers computed for customers, companies and the business").With(list, templates, show, put, refresh, remove);
    }

    private static string Path(string name) => "/v1/measures/" + Uri.EscapeDataString(name);

    private static string Spread(JsonElement measure, string figure) => measure.GetProperty("spread") is { ValueKind: JsonValueKind.Object } spread ? spread.GetProperty(figure).GetRawText() : "-";

    private static int Print(Answer answer, JsonElement found)
    {
        answer.Json(found);
        return 0;
    }
}
