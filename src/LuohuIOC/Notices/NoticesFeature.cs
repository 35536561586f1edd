using LuohuIOC.Http;
using LuohuIOC.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Notices;

/// <summary>All ways to recipients.</summary>
/// <param name="Items">By policy, in the order of the configuration.</param>
/// <param name="Next">Always null.</param>
public sealed record NoticePage(IReadOnlyList<NoticeLineView> Items, string? Next);

public static class NoticesFeature
{
    public static WebApplicationBuilder AddNotices(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<NoticeOptions>().BindConfiguration(NoticeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<NoticeOptions>, NoticeOptionsCheck>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        // A redirect would take what is told to another server; addresses of robots are secrets, and are not logged.
        builder.Services.AddHttpClient(WebhookSender.ClientName).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = INoticeSender.ConnectPatience }).RemoveAllLoggers();
        builder.Services.AddSingleton<INoticeSender, MailSender>();
        builder.Services.AddSingleton<INoticeSender, WebhookSender>();
        builder.Services.TryAddSingleton<SiloStarted>();
        builder.Services.AddSingleton<NoticeMeters>();
        builder.Services.AddSingleton(services => new WorkdayCalendar(services.GetRequiredService<IOptions<NoticeOptions>>().Value));
        builder.Services.AddSingleton<NoticeRecord>();
        builder.Services.AddSingleton<EndedAlerts>();
        builder.Services.AddSingleton<NoticeRound>();
        builder.Services.AddHostedService<NoticeWatch>();
        return builder;
    }

    public static WebApplication MapNotices(this WebApplication app)
    {
        var notices = app.MapGroup("/api/v1/notices").WithTags("alerts");
        notices.MapGet("", async (IGrainFactory grains) => new NoticePage(await grains.GetGrain<INoticeGrain>(0).Lines(), null)).RequireAuthorization("duty-officer").Produces<NoticePage>();
        notices.MapPost("/{policy}/test", Try).RequireAuthorization("administrator").Produces<NoticePage>();
        return app;
    }

    private static async Task<IResult> Try(string policy, HttpContext context, IGrainFactory grains)
    {
        var lines = await grains.GetGrain<INoticeGrain>(0).Try(policy, context.User.Identity?.Name ?? "?");
        return lines.Length == 0 ? Problem.Of(context, StatusCodes.Status404NotFound, "notice-policy", policy) : Results.Ok(new NoticePage(lines, null));
    }
}
