using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kendt.Server.Api;

/// <summary>Takes a file (multipart: <c>mapping</c> and <c>source</c> as fields before <c>file</c>), keeps it in the workspace and starts its import as a job.</summary>
internal static class ImportApi
{
    public static IEndpointRouteBuilder MapImports(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/imports", TakeAsync).DisableAntiforgery().WithTags("Imports").NeedsScope(Scopes.Import).WithSummary("Takes a file and starts its import");
        return routes;
    }

    private static async Task<IResult> TakeAsync(HttpContext context, FileDoor door, JobRunner jobs, ClaimsPrincipal user)
    {
        var cancel = context.RequestAborted;
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.Boundary.Value is not { Length: > 0 } boundary)
            throw new BadInputException("Send the file as multipart/form-data with the parts mapping or source, and file.");
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(boundary).ToString(), context.Request.Body) { HeadersLengthLimit = 16 * 1024 };
        string? mapping = null, source = null;
        while (await reader.ReadNextSectionAsync(cancel) is { } section)
        {
            var disposition = section.GetContentDispositionHeader();
            switch (disposition?.Name.Value?.Trim('"'))
            {
                case "mapping": mapping = await TextAsync(section, cancel); break;
                case "source": source = await TextAsync(section, cancel); break;
                case "file":
                    var job = await door.TakeAsync(section.Body, Path.GetFileName(disposition.FileName.Value?.Trim('"') ?? "file"), mapping, source, user.Actor(), cancel);
                    return Results.Accepted("/v1/jobs/" + job, WorkspaceApi.Shown((await jobs.FindAsync(job, cancel))!));
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
