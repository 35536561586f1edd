namespace LuohuIOC.Simulator.Weather;

/// <summary>The district's mean rain over the time of one storm. Given as cumulative depth so that any step takes exactly its share.</summary>
public abstract class Hyetograph
{
    public static Hyetograph None { get; } = new Dry();

    public abstract TimeSpan Duration { get; }

    /// <summary>Millimetres fallen since the storm's start; 0 before it and the whole depth after its end.</summary>
    public abstract double Cumulative(TimeSpan sinceStart);

    private sealed class Dry : Hyetograph
    {
        public override TimeSpan Duration => TimeSpan.Zero;

        public override double Cumulative(TimeSpan sinceStart) => 0;
    }
}
