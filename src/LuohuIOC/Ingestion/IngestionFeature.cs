using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Sparkplug;
using LuohuIOC.Ingestion.Stations;
using MQTTnet.AspNetCore;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion;

public static class IngestionFeature
{
    public static WebApplicationBuilder AddIngestion(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<MqttOptions>().BindConfiguration("Mqtt").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<JournalOptions>().BindConfiguration("Journal").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RegistrationOptions>().BindConfiguration("Registry");
        services.AddSingleton<PublishJournal>();
        services.AddSingleton<FrameMetrics>();
        services.AddSingleton<PublishDecoder>();
        services.AddSingleton<IngestionMetrics>();
        services.AddSingleton<GatewayBoard>();
        services.AddSingleton<SparkplugHost>();
        services.AddSingleton<PublishIntake>();
        services.AddSingleton<ReaderTopics>();
        services.AddSingleton<BrokerEvents>();
        services.AddSingleton<PacketLimit>();
        services.AddCommands();
        services.AddSingleton<CommandPublisher>();
        services.AddSingleton<RejectionStore>();
        services.AddHostedService(s => s.GetRequiredService<RejectionStore>());
        services.AddHealthChecks().AddCheck<JournalHealth>("journal");
        services.AddHostedMqttServer(options => options.WithoutDefaultEndpoint());
        services.AddMqttConnectionHandler();
        services.AddConnections();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
            kestrel.ListenAnyIP(context.Configuration.GetValue("Mqtt:Port", new MqttOptions().Port), listen =>
            {
                listen.Use(next => listen.ApplicationServices.GetRequiredService<PacketLimit>().Wrap(next));
                listen.UseMqtt();
            }));
        builder.AddStations();
        return builder;
    }

    public static WebApplication MapIngestion(this WebApplication app)
    {
        app.Services.GetRequiredService<PublishJournal>().Open();
        app.Services.GetRequiredService<BrokerEvents>().Attach(app.Services.GetRequiredService<MqttServer>());
        app.MapRejections();
        IngestionState.Map(app);
        app.MapCommands();
        app.MapStations();
        app.MapStationRecords();
        return app;
    }
}
