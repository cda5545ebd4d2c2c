using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kendt.Server.Api;

/// <summary>
/// Takes a file (multipart: <c>mapping</c>, <c>source</c>, <c>accept</c>, <c>full</c>, <c>maxGone</c> as fields before <c>file</c>), keeps it in the workspace and
/// starts its import as a job; or only looks at it. Mappings of sources are read and changed here too.
/// </summary>
internal static class ImportApi
{
    private sealed record Form(string? Mapping, string? Source, bool Accept, bool Full, int? MaxGone)
    {
        public FileOrder Order => new(Mapping, Source, Accept, Full || MaxGone is not null ? new Refresh(MaxGone ?? new Refresh().MostGone) : null);
    }

    private sealed record NewMapping(string? Mapping);

    public static IEndpointRouteBuilder MapImports(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1").WithTags("Imports").NeedsScope(Scopes.Import);
        api.MapPost("/imports", TakeAsync).DisableAntiforgery().WithSummary("Takes a file and starts its import");
        api.MapPost("/imports/preview", LookAsync).DisableAntiforgery().WithSummary("Looks at a file: how it is written, what its columns mean, the mapping that is proposed. Nothing is kept");
        api.MapGet("/sources/{source}/mappings", async (string source, KeptMappings mappings, CancellationToken cancel) =>
            (await mappings.ListAsync(source, cancel)).Select(m => new { name = m.Name, updatedAt = m.UpdatedAt, mapping = m.Yaml })).WithSummary("The mappings that a source keeps, the newest first");
        api.MapPut("/sources/{source}/mappings", KeepAsync).WithSummary("Keeps a mapping; the next file that fits it is read by it");
        return routes;
    }

    private static Task<IResult> TakeAsync(HttpContext context, FileDoor door, JobRunner jobs, ClaimsPrincipal user) => WithFileAsync(context, async (form, name, content, cancel) =>
    {
        var job = await door.TakeAsync(content, name, form.Order, user.Actor(), cancel);
        return Results.Accepted("/v1/jobs/" + job, WorkspaceApi.Shown((await jobs.FindAsync(job, cancel))!));
    });

    private static Task<IResult> LookAsync(HttpContext context, FileDoor door) => WithFileAsync(context, async (form, name, content, cancel) =>
        Results.Ok(PreviewJson.Shown(await door.LookAsync(content, name, form.Source, cancel))));

    private static async Task<IResult> KeepAsync(string source, NewMapping body, KeptMappings mappings, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var mapping = MappingFile.Parse(body.Mapping ?? throw new BadInputException("mapping is missing: the mapping's YAML as a text."));
        if (mapping.Source != source) throw new BadInputException($"The mapping is for the source '{mapping.Source}', not '{source}'.");
        var kept = await mappings.KeepAsync(body.Mapping, cancel);
        await audit.WriteAsync(user.Actor(), "mapping.keep", source, kept.Name, cancel);
        return Results.Ok(new { source, name = kept.Name });
    }

    private static async Task<IResult> WithFileAsync(HttpContext context, Func<Form, string, Stream, CancellationToken, Task<IResult>> work)
    {
        var cancel = context.RequestAborted;
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.Boundary.Value is not { Length: > 0 } boundary)
            throw new BadInputException("Send the file as multipart/form-data with the parts mapping or source, and file.");
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(boundary).ToString(), context.Request.Body) { HeadersLengthLimit = 16 * 1024 };
        var form = new Form(null, null, false, false, null);
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            var disposition = section.GetContentDispositionHeader();
            switch (disposition?.Name.Value?.Trim('"'))
            {
                case "mapping": form = form with { Mapping = await TextAsync(section, cancel) }; break;
                case "source": form = form with { Source = await TextAsync(section, cancel) }; break;
                case "accept": form = form with { Accept = await TextAsync(section, cancel) is "true" or "1" or "yes" }; break;
                case "full": form = form with { Full = await TextAsync(section, cancel) is "true" or "1" or "yes" }; break;
                case "maxGone": form = form with { MaxGone = int.TryParse(await TextAsync(section, cancel), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var percent) ? percent : throw new BadInputException("maxGone is a part in percent, 0 to 100.") }; break;
                case "file": return await work(form, Path.GetFileName(disposition.FileName.Value?.Trim('"') ?? "file"), section.Body, cancel);
            }
        }
        throw new BadInputException("There is no part named file.");
    }

    private static async Task<string> TextAsync(MultipartSection section, CancellationToken cancel)
    {
        using var text = new StreamReader(section.Body);
        var buffer = new char[256 * 1024];
        var length = await text.ReadBlockAsync(buffer, cancel);
        return length < buffer.Length ? new string(buffer, 0, length) : throw new BadInputException("The mapping is longer than 256 KB.");
    }
}
