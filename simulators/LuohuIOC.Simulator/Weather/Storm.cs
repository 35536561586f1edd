namespace LuohuIOC.Simulator.Weather;

/// <summary>A storm's course and its place: rain on every place of the city, step by step.</summary>
public sealed class Storm
{
    private readonly Hyetograph _course;
    private readonly RainField _field;
    private readonly TimeSpan _start;

    public Storm(Hyetograph course, RainField field, TimeSpan start) => (_course, _field, _start) = (course, field, start);

    /// <summary>Millimetres that fell on each place from <paramref name="from"/> to <paramref name="to"/>, in the order of the field's places.</summary>
    public void Fall(TimeSpan from, TimeSpan to, double[] millimetres)
    {
        var mean = _course.Cumulative(to - _start) - _course.Cumulative(from - _start);
        if (mean <= 0)
        {
            Array.Clear(millimetres);
            return;
        }
        _field.Move((from - _start) / _course.Duration);
        for (var i = 0; i < millimetres.Length; i++) millimetres[i] = mean * _field.Factors[i];
    }

    /// <summary>The district's mean intensity in mm/h over the minute before this time.</summary>
    public double MeanIntensity(TimeSpan at)
    {
        var minute = TimeSpan.FromMinutes(1);
        return (_course.Cumulative(at - _start) - _course.Cumulative(at - _start - minute)) * 60;
    }
}
