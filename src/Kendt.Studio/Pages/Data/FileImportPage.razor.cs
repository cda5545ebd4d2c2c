using Kendt.Collect;
using Kendt.Model;
using Kendt.Studio.Data;
using Kendt.Studio.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;

namespace Kendt.Studio.Pages.Data;

/// <summary>Brings a file in: choose it, see what it is, say what its columns mean, import. The file is named in the address, so a reload goes on.</summary>
public sealed partial class FileImportPage : StudioPage<FileLook>
{
    private const long MostBytes = 4L << 30;

    private MappingEdit? edit;
    private FormatEdit? format;
    private (string, string, int) cut;
    private Guid edited;
    private string yaml = "";
    private string? fault, told;
    private bool busy, well;
    private double sent;

    [SupplyParameterFromQuery(Name = "file")] private string? FileName { get; set; }
    [SupplyParameterFromQuery(Name = "source")] private string? Source { get; set; }

    [Inject] private IFileDesk Desk { get; set; } = default!;
    [CascadingParameter] private Task<AuthenticationState>? Who { get; set; }

    private Guid? FileId => Guid.TryParse(FileName, out var id) ? id : null;

    protected override async Task<FileLook?> ReadAsync(CancellationToken cancel)
    {
        if (FileId is not { } file) return null;
        var look = await Desk.LookAsync(file, Source ?? "", null, cancel);
        if (look is not null) Begin(look);
        return look;
    }

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        // What the first rendering read is handed over without its being read again.
        if (Now.Value is { } look && look.File == FileId && edited != look.File) Begin(look);
    }

    private void Begin(FileLook look)
    {
        (edit, format, edited, told, well) = (new(look.Preview), new(look.Preview.Choice.Format), look.File, null, false);
        cut = format.Cut;
        Draft();
    }

    private async Task StageAsync(InputFileChangeEventArgs change)
    {
        (busy, told, sent) = (true, null, 0);
        try
        {
            await using var content = new Counted(change.File.OpenReadStream(MostBytes, Closed), change.File.Size, Progressed);
            var id = await Desk.StageAsync(change.File.Name, content, Closed);
            busy = false;
            GoTo(("file", id));
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            Say(wrong);
        }
        busy = false;
    }

    private async Task FormatChangedAsync()
    {
        if (format!.Cut == cut || FileId is not { } file)
        {
            Draft();
            return;
        }
        // Cut otherwise it has other columns: it is looked at again.
        cut = format.Cut;
        try
        {
            if (await Desk.LookAsync(file, edit!.Source, format.Format(), Closed) is not { } look) return;
            edit = new(look.Preview);
            Put(look);
            Draft();
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            fault = Tell(wrong).Message ?? L["State.Broken.Text"];
        }
    }

    private void Draft()
    {
        fault = null;
        try
        {
            yaml = edit!.Write(format!.Format());
        }
        catch (BadInputException wrong)
        {
            fault = wrong.Message;
        }
    }

    private void CheckYaml()
    {
        fault = null;
        try
        {
            edit!.Source = MappingFile.Parse(yaml).Source;
        }
        catch (BadInputException wrong)
        {
            fault = wrong.Message;
        }
    }

    private void UseKept(string kept)
    {
        yaml = kept;
        CheckYaml();
    }

    private async Task ImportAsync()
    {
        if (FileId is not { } file || Now.Value is not { } look) return;
        (busy, told) = (true, null);
        try
        {
            var actor = Who is null ? "" : (await Who).User.FindFirst(System.Security.Claims.ClaimTypes.Email)?.Value ?? "";
            await Desk.ImportAsync(file, edit!.Source.Trim(), look.Preview.IsMessages ? "" : yaml, actor, Closed);
            (told, well) = (L["Imports.Started", look.Preview.File], true);
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            Say(wrong);
        }
        busy = false;
    }

    private void Progressed(double part)
    {
        if (part - sent < 0.02 && part < 1) return;
        sent = part;
        _ = InvokeAsync(StateHasChanged);
    }

    private void Say(Exception wrong)
    {
        var said = Tell(wrong);
        (told, well) = (said.Message ?? $"{L["State.Broken.Text"]} {said.Correlation}", false);
    }
}
