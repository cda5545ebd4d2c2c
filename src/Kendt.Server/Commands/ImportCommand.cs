using System.CommandLine;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Server.Commands;

internal static class ImportCommand
{
    public static Command Make()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "CSV, TSV, Excel (.xlsx), NDJSON or Parquet; text also packed with gzip, all also in a zip" };
        var mapping = new Option<FileInfo?>("--mapping") { Description = "What the columns mean (YAML); it is kept with the source", HelpName = "FILE.yaml" };
        var source = new Option<string?>("--source") { Description = "The source. Rows are read by the mapping it keeps for such files; NDJSON in tracking-API form needs none", HelpName = "NAME" };
        var preview = new Option<bool>("--preview") { Description = "Only look: how the file is written, what its columns mean, the mapping that is proposed" };
        var save = new Option<FileInfo?>("--save") { Description = "With --preview: write the proposed mapping there", HelpName = "FILE.yaml" };
        var accept = new Option<bool>("--accept") { Description = "Where the source keeps no mapping for such files: take the one that is proposed" };
        var full = new Option<bool>("--full") { Description = "The file holds all records of the source: those that it does not have are gone" };
        var maxGone = new Option<int?>("--max-gone") { Description = "With --full: the part of the records, in percent, that may be gone; 20 if not said", HelpName = "PERCENT" };
        var command = new Command("import", CommandLine.Help("Take a file in: rows by a mapping, or tracking-API messages, one a line. Ends when profiles are up to date.",
            "kendt import members.csv --source loyalty --preview --save members.yaml", "kendt import members.csv --mapping members.yaml", "kendt import members-june.csv --source loyalty", "kendt import webshop.ndjson.gz --source webshop")).With(file, mapping, source, preview, save, accept, full, maxGone);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var path = parse.GetValue(file)!;
            if (!path.Exists) throw new BadInputException($"There is no file '{path}'.");
            var yaml = parse.GetValue(mapping) is { } map ? await SegmentCommand.ReadAsync(map, cancel) : null;
            using var content = new MultipartFormDataContent();
            if (yaml is not null) content.Add(new StringContent(yaml), "mapping");
            if (parse.GetValue(source) is { } name) content.Add(new StringContent(name), "source");
            if (parse.GetValue(accept)) content.Add(new StringContent("true"), "accept");
            if (parse.GetValue(full)) content.Add(new StringContent("true"), "full");
            if (parse.GetValue(maxGone) is { } percent) content.Add(new StringContent(percent.ToString(System.Globalization.CultureInfo.InvariantCulture)), "maxGone");
            await using var stream = Open(path);
            content.Add(new StreamContent(stream, 1 << 16), "file", path.Name);
            if (parse.GetValue(preview)) return await PreviewLines.ShowAsync(gateway, content, answer, parse.GetValue(save), cancel);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/imports") { Content = content };
            var job = await gateway.SendAsync(request, cancel);
            var ended = await JobProgressLine.FollowAsync(gateway.Client, job.Text("id"), parse.InvocationConfiguration.Error, cancel);
            if (answer.IsJson) answer.Json(ended);
            else foreach (var step in ended.GetProperty("steps").EnumerateArray().Where(s => s.Text("name").StartsWith("Read ", StringComparison.Ordinal))) answer.Line($"{step.Text("name")[5..]}: {step.Text("note")}");
            return ended.Text("state") == "done" ? 0 : throw (ended.Text("state") == "failed" ? new BadInputException(ended.Text("error")) : new CannotException("The import was stopped."));
        });
        return command;
    }

    private static FileStream Open(FileInfo path)
    {
        try
        {
            return new FileStream(path.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The file '{path}' cannot be read ({fault.Message}).", fault);
        }
    }
}

/// <summary>Shows a job's step on one line of the terminal, or a line a step where there is no terminal.</summary>
internal static class JobProgressLine
{
    public static async Task<JsonElement> FollowAsync(HttpClient client, string id, TextWriter error, CancellationToken cancel)
    {
        var live = !Console.IsErrorRedirected;
        var shown = "";
        for (var pause = 30; ; pause = Math.Min(400, pause * 2))
        {
            var job = await client.GetFromJsonAsync<JsonElement>("/v1/jobs/" + id, cancel);
            if (job.GetProperty("steps").EnumerateArray().LastOrDefault(s => s.Text("state") is not "waiting") is { ValueKind: JsonValueKind.Object } step)
            {
                var text = live ? $"{step.Text("name")} {Part(step)} {step.Text("note")}".TrimEnd() : step.Text("name");
                if (text != shown) await error.WriteAsync(live ? "\r\u001b[K" + text : text + Environment.NewLine);
                shown = text;
            }
            if (job.Text("state") is "done" or "failed" or "cancelled")
            {
                if (live) await error.WriteAsync("\r\u001b[K");
                return job;
            }
            await Task.Delay(pause, cancel);
        }
    }

    private static string Part(JsonElement step) =>
        step.GetProperty("total").GetInt64() is > 0 and var total ? $"{100 * step.GetProperty("done").GetInt64() / total}%" : "";
}
