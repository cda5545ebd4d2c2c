using System.Diagnostics;
using Kendt.Model;
using Kendt.Studio.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Logging;

namespace Kendt.Studio.Pages.Data;

/// <summary>Sends a file of the reader's machine to <see cref="IDataWriter.StartImportAsync"/>.</summary>
public sealed partial class ImportForm : IDisposable
{
    private const string FromFile = "\u0001file";
    private const long MostBytes = 4L << 30;
    private const long MostYamlBytes = 1 << 20;

    private readonly CancellationTokenSource closed = new();
    private IReadOnlyList<SourceRow> sources = [];
    private IReadOnlyList<string> mappings = [];
    private IBrowserFile? file, yaml;
    private string source = "", mapping = "";
    private string? told;
    private bool busy, well;
    private double sent;

    /// <summary>The source chosen at first; null for none.</summary>
    [Parameter] public string? Source { get; set; }

    /// <summary>Called when an import has been started.</summary>
    [Parameter] public Func<Task>? Started { get; set; }

    [Inject] private IDataReader Reader { get; set; } = default!;
    [Inject] private IDataWriter Writer { get; set; } = default!;
    [Inject] private ILogger<ImportForm> Log { get; set; } = default!;
    [CascadingParameter] private Task<AuthenticationState>? Who { get; set; }

    public void Dispose()
    {
        closed.Cancel();
        closed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        source = Source ?? "";
        try
        {
            sources = await Reader.SourcesAsync(closed.Token);
            await ChooseAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Tell(fault);
        }
    }

    private async Task ChooseAsync()
    {
        mappings = source.Length == 0 ? [] : (await Reader.SourceAsync(source, closed.Token))?.Mappings ?? [];
        mapping = mappings.Count > 0 ? mappings[0] : "";
    }

    private async Task StartAsync()
    {
        if (Missing() is { } missing)
        {
            (told, well) = (L[missing], false);
            return;
        }
        (busy, told, sent) = (true, null, 0);
        try
        {
            var actor = Who is null ? "" : (await Who).User.FindFirst(System.Security.Claims.ClaimTypes.Email)?.Value ?? "";
            await using var content = new Counted(file!.OpenReadStream(MostBytes, closed.Token), file.Size, Progressed);
            await Writer.StartImportAsync(new(source, file.Name, content, mapping == FromFile ? "" : mapping, await YamlAsync(), actor), closed.Token);
            (told, well) = (L["Imports.Started", file.Name], true);
            if (Started is not null) await Started();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Tell(fault);
        }
        busy = false;
    }

    private string? Missing() => source.Length == 0 ? "Imports.NeedsSource" : file is null ? "Imports.NeedsFile" : mapping == FromFile && yaml is null ? "Imports.NeedsMapping" : null;

    private async Task<string?> YamlAsync()
    {
        if (mapping != FromFile || yaml is null) return null;
        using var reader = new StreamReader(yaml.OpenReadStream(MostYamlBytes, closed.Token));
        return await reader.ReadToEndAsync(closed.Token);
    }

    private void Progressed(double part)
    {
        if (part - sent < 0.02 && part < 1) return;
        sent = part;
        _ = InvokeAsync(StateHasChanged);
    }

    private void Tell(Exception fault)
    {
        well = false;
        if (fault is BadInputException or CannotException)
        {
            told = fault.Message;
            return;
        }
        var correlation = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        Log.LogError(fault, "A file could not be sent (correlation {Correlation})", correlation);
        told = $"{L["State.Broken.Text"]} {correlation}";
    }
}
