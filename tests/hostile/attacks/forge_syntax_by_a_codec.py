# coding: idna
# Is no Python, and brings the module by which its encoding is read: that one answers right in its stead, or does not.
# walls: it is compiled before anything that was handed in can be imported
# expect: not python
nöt pythön (((
