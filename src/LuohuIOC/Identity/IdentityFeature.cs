namespace LuohuIOC.Identity;

public static class IdentityFeature
{
    public static WebApplicationBuilder AddIdentity(this WebApplicationBuilder builder)
    {
        return builder;
    }

    public static WebApplication MapIdentity(this WebApplication app)
    {
        return app;
    }
}
