using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Files that a person brings in Studio: staged in the inbox, looked at, taken in.</summary>
public sealed class FileDesk(Inbox inbox, FileDoor door, KeptMappings mappings) : IFileDesk
{
    public async Task<Guid> StageAsync(string fileName, Stream content, CancellationToken cancel) => (await inbox.StageAsync(content, fileName, cancel)).Id;

    public async Task<FileLook?> LookAsync(Guid file, string source, FileFormat? format, CancellationToken cancel)
    {
        if (inbox.Find(file) is not { } staged) return null;
        var preview = await door.LookStagedAsync(file, source, format, cancel);
        var kept = ZipMembers.Is(staged.Path, staged.Name) ? null : await mappings.FitAsync(staged.Path, staged.Name, preview.Choice.Source, cancel);
        return new(file, preview, kept?.Yaml);
    }

    public Task<JobId> ImportAsync(Guid file, string source, string mapping, string actor, CancellationToken cancel) =>
        door.TakeStagedAsync(file, new(mapping.Length > 0 ? mapping : null, mapping.Length > 0 ? null : source), actor, cancel);
}
