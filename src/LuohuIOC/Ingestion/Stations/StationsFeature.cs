using LuohuIOC.DeviceProtocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Stations;

internal static class StationsFeature
{
    private static readonly PayloadForm[] Forms = [PayloadForm.Sl651, PayloadForm.Hj212, PayloadForm.Gb26875];

    public static void AddStations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<StationOptions>().BindConfiguration("Stations").ValidateDataAnnotations()
            .Validate(o => Forms.All(f => o.Of(f).Port is >= 0 and <= 65535), "Stations:…:Port must be from 0 to 65535.")
            .Validate(o => o.Idle > TimeSpan.Zero, "Stations:Idle must be positive.").ValidateOnStart();
        services.AddSingleton<StationBook>();
        services.AddSingleton<StationBoard>();
        services.AddSingleton<StationRecords>();
        services.AddHostedService(s => s.GetRequiredService<StationRecords>());
        services.AddSingleton<StationIntake>();
        foreach (var form in Forms)
        {
            services.AddKeyedSingleton(form, (s, _) => new StationConnections(
                form, s.GetRequiredService<StationIntake>(), s.GetRequiredService<StationBook>(), s.GetRequiredService<StationBoard>(),
                s.GetRequiredService<IOptions<StationOptions>>().Value, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<StationConnections>>()));
        }
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            foreach (var form in Forms)
            {
                var port = context.Configuration.GetValue($"Stations:{form}:Port", 0);
                if (port > 0)
                    kestrel.ListenAnyIP(port, listen => listen.Run(c => listen.ApplicationServices.GetRequiredKeyedService<StationConnections>(form).OnConnectedAsync(c)));
            }
        });
    }
}
