using Kendt.Activate;
using Kendt.Audiences;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Server.StudioData;
using Kendt.Store;
using Kendt.Studio.Data;
using Kendt.Unify;

namespace Kendt.Server.Host;

/// <summary>Puts the rooms into the host's container.</summary>
internal static class Rooms
{
    public static IServiceCollection AddRooms(this IServiceCollection services)
    {
        services.AddSingleton<Sources>().AddSingleton<Records>().AddSingleton<RecordLog>().AddSingleton<DeadLetters>().AddSingleton<Replay>().AddSingleton<Imports>();
        services.AddSingleton<Func<IReadOnlyList<DeviceRow>, CancellationToken, Task>>(s => s.GetRequiredService<Devices>().TakeAsync);
        services.AddSingleton(IdentifierRules.Default).AddSingleton<Decisions>().AddSingleton<Stitch>().AddSingleton<IdentityReader>().AddSingleton<IdentityActions>();
        services.AddSingleton<ProfileWriter>().AddSingleton<ProfileReader>().AddSingleton<Timeline>().AddSingleton<Customers>();
        services.AddSingleton<Purposes>().AddSingleton<Consents>().AddSingleton<Permits>().AddSingleton<Audit>().AddSingleton<Members>().AddSingleton<SignInLinks>().AddSingleton<Tokens>();
        services.AddSingleton(s => Secrets.Open(s.GetRequiredService<KendtOptions>().Folder));
        services.AddSingleton<Catalogue>().AddSingleton<Evaluate>().AddSingleton<Membership>().AddSingleton<Explain>();
        services.AddSingleton<Devices>();
        services.AddSingleton<IDestination>(s => new CsvFile(s.GetRequiredService<KendtOptions>().Folder));
        services.AddSingleton<IDestination>(s => new Webhook(Webhook.Client(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Destinations>().AddSingleton(s => new Deliveries(s.GetRequiredService<Stores>(), s.GetRequiredService<Permits>(), s.GetRequiredService<Destinations>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Pulse>().AddSingleton<PipelineRooms>().AddSingleton<Pipeline>().AddHostedService(s => s.GetRequiredService<Pipeline>());
        services.AddSingleton<JobLedger>().AddSingleton<JobRunner>().AddHostedService(s => s.GetRequiredService<JobRunner>());
        services.AddSingleton<ImportJob>().AddSingleton<DemoWorkspace>().AddSingleton<JobKind>(s => s.GetRequiredService<ImportJob>()).AddSingleton<JobKind, ReplayJob>().AddSingleton<LetterActions>().AddSingleton<JobKind, DemoJob>().AddSingleton<JobKind, SegmentJob>();
        services.AddHostedService<OutboxWorker>().AddHostedService<CheckpointWorker>().AddHostedService<RetentionWorker>();
        services.AddSingleton<Reach>().AddSingleton<TodaySources>().AddSingleton<CustomerList>().AddSingleton<ProfileParts>().AddSingleton<TimelineData>();
        services.AddSingleton<IWorkspaceReader, WorkspaceData>().AddSingleton<ITodayReader, TodayData>().AddSingleton<IPeopleReader, PeopleData>().AddSingleton<IIdentityReader, IdentityData>().AddSingleton<IIdentityWriter, IdentityOrders>().AddSingleton<ISegmentReader, SegmentData>();
        services.AddSingleton<IDataReader, SourceData>().AddSingleton<IDataWriter, SourceActions>().AddSingleton<IAudienceReader, AudienceData>().AddSingleton<IActivationReader, ActivationData>().AddSingleton<IGovernReader, GovernData>();
        services.AddSingleton<OwnerLink>().AddSingleton<Check>().AddSingleton<FileDoor>().AddSingleton<SegmentRefresh>().AddSingleton<SegmentDelivery>();
        return services;
    }
}
